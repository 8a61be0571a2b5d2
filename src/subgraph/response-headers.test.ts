import { describe, expect, it } from 'vitest';
import type { ResponseHeaderRule } from '../config/keys/headers.ts';
import { type AnsweredFetch, collectResponseHeaders, compileResponseHeaderRules, passesCookies } from './response-headers.ts';

type Propagate = Extract<ResponseHeaderRule, { op: 'propagate' }>;

const named = (name: string, changes: Partial<Propagate> = {}): Propagate => ({
  op: 'propagate',
  selector: { kind: 'named', name },
  rename: null,
  default: null,
  algorithm: 'last_write',
  ...changes,
});

const matching = (pattern: RegExp, negate = false): Propagate => named('', { selector: { kind: 'matching', pattern, negate } });

const set = (name: string, value: string): ResponseHeaderRule => ({ op: 'set', name, value });

const fetched = (headers: Record<string, string | string[]>, subgraph = 'a'): AnsweredFetch => ({
  subgraph,
  reply: { kind: 'response', status: 200, headers, body: '', attempts: 1, durationMs: 1 },
});

const failed: AnsweredFetch = {
  subgraph: 'a',
  reply: {
    kind: 'failure',
    failure: 'timeout',
    status: null,
    sent: true,
    retryAfterSeconds: null,
    cause: null,
    attempts: 1,
    durationMs: 1,
  },
};

function collect(all: readonly ResponseHeaderRule[], replies: readonly AnsweredFetch[], own: readonly ResponseHeaderRule[] = []) {
  const rules = compileResponseHeaderRules({
    all: { request: [], response: all },
    subgraphs: own.length === 0 ? new Map() : new Map([['a', { request: [], response: own }]]),
  });
  return collectResponseHeaders(rules, replies);
}

describe('collectResponseHeaders', () => {
  it('passes nothing on without rules', () => {
    expect(collect([], [fetched({ 'x-cache': 'hit' })])).toEqual([]);
  });

  it.each([
    [
      'first_write',
      [
        ['x-cache', '1'],
        ['x-cache', '2'],
      ],
    ],
    ['last_write', [['x-cache', '3']]],
    ['append', [['x-cache', '1, 2, 3']]],
  ] as const)('%s', (algorithm, expected) => {
    const replies = [fetched({ 'x-cache': ['1', '2'] }), fetched({}), fetched({ 'x-cache': '3' }, 'b')];
    expect(collect([named('x-cache', { algorithm })], replies)).toEqual(expected);
  });

  it.each(['first_write', 'last_write', 'append'] as const)('keeps every Set-Cookie on a line of its own with %s', (algorithm) => {
    const replies = [fetched({ 'set-cookie': ['a=1, b', 'c=2'] }), fetched({ 'set-cookie': 'd=3' }, 'b')];
    expect(collect([named('set-cookie', { algorithm })], replies)).toEqual([
      ['set-cookie', 'a=1, b'],
      ['set-cookie', 'c=2'],
      ['set-cookie', 'd=3'],
    ]);
  });

  it('passes on what a pattern matches, or what it does not', () => {
    const reply = fetched({ 'x-a': '1', 'x-b': '2', other: '3' });
    expect(collect([matching(/^X-/i)], [reply])).toEqual([
      ['x-a', '1'],
      ['x-b', '2'],
    ]);
    expect(collect([matching(/^X-/i, true)], [reply])).toEqual([['other', '3']]);
  });

  it('renames', () => {
    expect(collect([named('x-a', { rename: 'x-b' })], [fetched({ 'x-a': '1' })])).toEqual([['x-b', '1']]);
  });

  it('uses the default only when no reply has the header', () => {
    const rules = [named('x-a', { default: 'none', algorithm: 'first_write' })];
    expect(collect(rules, [fetched({}), fetched({ 'x-a': '1' }, 'b')])).toEqual([['x-a', '1']]);
    expect(collect(rules, [fetched({}), failed])).toEqual([['x-a', 'none']]);
  });

  it('applies set on success and failure alike, but not when nothing was fetched', () => {
    expect(collect([set('x-a', '1')], [failed])).toEqual([['x-a', '1']]);
    expect(collect([set('x-a', '1')], [])).toEqual([]);
  });

  it("applies a subgraph's own rules after those for all, and to no other subgraph", () => {
    expect(collect([set('x-a', '1')], [fetched({ 'x-b': '3' }, 'a')], [set('x-a', '2'), named('x-b')])).toEqual([
      ['x-a', '2'],
      ['x-b', '3'],
    ]);
    expect(collect([set('x-a', '1')], [fetched({ 'x-b': '3' }, 'b')], [set('x-a', '2'), named('x-b')])).toEqual([['x-a', '1']]);
  });

  it('never passes on headers of one connection or of the framing, whatever the rules say', () => {
    const hop = {
      connection: 'x-hop, Keep-Alive',
      'x-hop': '1',
      'keep-alive': 'timeout=5',
      'content-length': '3',
      'transfer-encoding': 'chunked',
    };
    const rules = [
      matching(/.*/i),
      named('content-length'),
      named('x-hop'),
      named('x-ok', { rename: 'content-encoding' }),
      set('connection', 'close'),
    ];
    expect(collect(rules, [fetched({ ...hop, 'x-ok': 'yes' })])).toEqual([['x-ok', 'yes']]);
  });

  it('takes a header that is called like a property of every object for what it is', () => {
    expect(collect([named('constructor')], [fetched({})])).toEqual([]);
  });
});

describe('passesCookies', () => {
  it.each([
    ['by name', named('set-cookie')],
    ['by name under another one', named('set-cookie', { rename: 'x-cookie' })],
    ['as what another header becomes', named('x-session', { rename: 'set-cookie' })],
    ['by a pattern', matching(/^set-/i)],
    ['by a pattern that leaves others out', matching(/^x-/i, true)],
  ])('sees them %s', (_how, rule) => {
    expect(passesCookies([named('x-other'), rule])).toBe(true);
  });

  it('sees none where they stay behind, never get through, or are the same for everybody', () => {
    const never = named('set-cookie', { rename: 'content-length' });
    expect(passesCookies([named('x-other'), matching(/^x-/i), matching(/cookie/i, true), set('set-cookie', 'a=1'), never])).toBe(false);
  });
});
