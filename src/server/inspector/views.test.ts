import { describe, expect, it } from 'vitest';
import { clipJson, clipPretty, prettyJson } from './clip.ts';
import { messageShape } from './message-shape.ts';
import { findFields } from './operation-view.ts';

describe('messageShape', () => {
  it.each([
    [
      "Failed to fetch from Subgraph 'a' at Path 'b.@', Reason: invalid JSON.",
      'Failed to fetch from Subgraph … at Path …, Reason: invalid JSON.',
    ],
    ['user 42 not found', 'user # not found'],
    ['id 7f3a-44aa: no', 'id #: no'],
    ['502: Bad Gateway', '#: Bad Gateway'],
  ])('makes %s alike', (message, shape) => expect(messageShape(message)).toBe(shape));

  it('takes no time for a hostile text', () => {
    const startedAt = performance.now();
    messageShape(`${"'".repeat(100_000)}${'-1'.repeat(100_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});

const marked = (text: string, ...paths: (string | number)[][]): string[] =>
  findFields(text, null, paths).map(([start, end]) => text.slice(start, end));

describe('findFields', () => {
  it('finds fields by alias, through fragments, whatever the index', () => {
    const text = 'query Q { team: employees { id ...F ... on Employee { n: name } } } fragment F on Employee { mood }';
    expect(marked(text, ['team', 3, 'mood'])).toEqual(['mood']);
    expect(marked(text, ['team', 3, 'n'])).toEqual(['n: name']);
    expect(marked(text, ['team'])).toEqual(['team: employees']);
  });

  it('marks nothing for what is not there, or no document', () => {
    expect(marked('{ a }', ['b'], ['a', 'c'])).toEqual([]);
    expect(marked('{', ['a'])).toEqual([]);
    expect(marked('{ ...F } fragment F on Query { ...F }', ['a'])).toEqual([]);
  });
});

describe('prettyJson', () => {
  it('keeps every number as it was written', () => {
    const text = '{"a":[1.0,12345678901234567890,{}],"b":"x\\"{,"}';
    expect(prettyJson(text)).toBe('{\n  "a": [\n    1.0,\n    12345678901234567890,\n    {}\n  ],\n  "b": "x\\"{,"\n}');
  });

  it('keeps short lists in one line, and does not take a comma in a text for one between', () => {
    expect(prettyJson('{"path":["a",0,"b,c"],"empty":[]}')).toBe('{\n  "path": ["a", 0, "b,c"],\n  "empty": []\n}');
  });

  it('takes text that was cut, also within a string', () => {
    expect(prettyJson('{"a":"b')).toBe('{\n  "a": "b');
    expect(prettyJson('{"a":"b{\\')).toBe('{\n  "a": "b{\\');
  });

  it('takes time and room in proportion to a hostile text', () => {
    const cut = `"${'\\"'.repeat(500_000)}`;
    expect(prettyJson(cut)).toBe(cut);
    expect(prettyJson(`[${'1,'.repeat(200_000)}1]`)).toMatch(/^\[\n {2}1,\n[^]* {2}1\n\]$/);
    expect(prettyJson('['.repeat(32_768) + ']'.repeat(32_768)).length).toBeLessThan(10_000_000);
  });
});

const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ id: i }));

describe('clipPretty', () => {
  it('tells the length of what is indented, so that a cut is never silent', () => {
    const text = JSON.stringify(rows(2_000));
    expect(text.length).toBeLessThan(32_768);
    const { text: shown, length } = clipPretty(text);
    expect(shown).toHaveLength(32_768);
    expect(length).toBe(prettyJson(text).length);
    expect(clipJson(rows(2_000))).toEqual({ text: shown, length });
  });

  it('counts what is too far behind to be indented as it stands', () => {
    const text = JSON.stringify('x'.repeat(1_000));
    expect(clipPretty(text, 10)).toEqual({ text: text.slice(0, 10), length: text.length });
  });

  it('says of a whole text that it is whole', () => {
    const { text, length } = clipPretty('{"a":1}');
    expect(text).toHaveLength(length);
  });
});
