import { describe, expect, it } from 'vitest';
import { graphqlTokens, jsonTokens, type Token } from '../../src/inspector-ui/tokens.ts';

const plain = (tokens: Iterable<Token>) =>
  [...tokens].filter(({ text }) => text.trim() !== '').map(({ text, kind }) => [kind, text] as const);

describe('graphqlTokens', () => {
  it('tells strings, variables, names and numbers apart', () => {
    expect(plain(graphqlTokens('query Q($a: ID) { f(b: "x\\"y", c: """z " z""", d: $a, e: 1.5) } # end'))).toEqual([
      ['keyword', 'query'],
      ['name', 'Q'],
      ['punctuation', '('],
      ['variable', '$a'],
      ['punctuation', ':'],
      ['name', 'ID'],
      ['punctuation', ')'],
      ['punctuation', '{'],
      ['name', 'f'],
      ['punctuation', '('],
      ['name', 'b'],
      ['punctuation', ':'],
      ['string', '"x\\"y"'],
      ['punctuation', ','],
      ['name', 'c'],
      ['punctuation', ':'],
      ['string', '"""z " z"""'],
      ['punctuation', ','],
      ['name', 'd'],
      ['punctuation', ':'],
      ['variable', '$a'],
      ['punctuation', ','],
      ['name', 'e'],
      ['punctuation', ':'],
      ['number', '1.5'],
      ['punctuation', ')'],
      ['punctuation', '}'],
      ['comment', '# end'],
    ]);
  });

  it('ends a string that nobody closed with its line', () => {
    expect(plain(graphqlTokens('"a\\\nb'))).toEqual([
      ['string', '"a\\'],
      ['name', 'b'],
    ]);
  });

  // A token for each quote would mean that each was tried to the end of the text: seconds for a text that was cut.
  it.each([
    ['"', ''],
    ['"', '\\'],
    ['"""', ''],
  ])('takes a cut text of quotes after %j as one string, also when it ends with %j', (start, end) => {
    expect(plain(graphqlTokens(start + '\\"'.repeat(50_000) + end)).map(([kind]) => kind)).toEqual(['string']);
  });
});

describe('jsonTokens', () => {
  it('tells keys from values', () => {
    expect(plain(jsonTokens('{"a": "b\\"", "c" : [-1.5e3, null]}'))).toEqual([
      ['punctuation', '{'],
      ['key', '"a"'],
      ['punctuation', ': '],
      ['string', '"b\\""'],
      ['punctuation', ', '],
      ['key', '"c"'],
      ['punctuation', ' : ['],
      ['number', '-1.5e3'],
      ['punctuation', ', '],
      ['keyword', 'null'],
      ['punctuation', ']}'],
    ]);
  });

  it.each(['', '\\'])('takes a cut text of quotes as one string, also when it ends with %j', (end) => {
    const text = `{"a": "${'\\"'.repeat(50_000)}${end}`;
    expect(plain(jsonTokens(text)).map(([kind]) => kind)).toEqual(['punctuation', 'key', 'punctuation', 'string']);
  });
});
