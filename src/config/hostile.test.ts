import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load, loaded, problemsOf, withGraph } from '../../test/support/config.ts';
import { printProblem } from './problem.ts';

describe('hostile and careless YAML', () => {
  it.each([
    ['', 'names no graph'],
    ['# nothing\n', 'names no graph'],
    ['---\n...\n', 'names no graph'],
    ['- a\n- b', 'expected a map of keys'],
    ['just text', 'expected a map of keys'],
    ['42', 'expected a map of keys'],
    ['\t\tlog_level: info', 'YAML: '],
    ['cors:\n\tenabled: true', 'YAML: '],
    ['a: {', 'YAML: '],
    ['a: "\u0000', 'YAML: '],
    ['a: *nobody', 'no anchor &nobody stands before this alias'],
    ['a: &a [*a]', 'no anchor &a stands before this alias'],
    ['<<: 5', '<< merges maps only'],
    ['? [a, b]\n: 1', 'a key must be plain text'],
    ['? \n: 1', 'a key must be plain text'],
    ['a: 1\n---\nb: 2', 'YAML: '],
  ])('%j is explained', (yaml, message) => {
    const problems = problemsOf(yaml);
    expect(problems.some((problem) => problem.includes(message))).toBe(true);
    expect(problems.every((problem) => problem.startsWith('router.config.yaml:'))).toBe(true);
  });

  it('reads lines that end as on Windows, and a byte order mark', () => {
    expect(loaded(`\ufeff${withGraph('log_level: warn\ncors:\n  enabled: false\n').replaceAll('\n', '\r\n')}`).config.cors.enabled).toBe(
      false,
    );
    expect(problemsOf(withGraph('log_level: warn\nlog_levle: x').replaceAll('\n', '\r\n'))).toEqual([
      'router.config.yaml:3:1 log_levle: unknown key; did you mean log_level?',
    ]);
  });

  it('never lets a key reach a prototype', () => {
    const yaml = withGraph(
      '__proto__: { dev_mode: true }\ncors: { __proto__: { enabled: false } }\nheaders: { subgraphs: { __proto__: {} } }',
    );
    expect(problemsOf(yaml)).toEqual([
      'router.config.yaml:2:1 __proto__: is not a name that can be used',
      'router.config.yaml:3:9 cors.__proto__: is not a name that can be used',
      'router.config.yaml:4:25 headers.subgraphs.__proto__: is not a name that can be used',
    ]);
    expect(Reflect.get({}, 'dev_mode')).toBeUndefined();
  });

  it('stops aliases of aliases before they multiply', () => {
    const levels = Array.from({ length: 20 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(',')}]`);
    const problems = problemsOf(`a0: &a0 x\n${levels.join('\n')}`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('holds too many values; aliases of aliases multiply');
  });

  it('stops at nesting that is too deep, block or flow', () => {
    expect(problemsOf(`a: ${'['.repeat(200)}${']'.repeat(200)}`).join()).toContain('is nested too deeply');
    expect(problemsOf(`a: ${'['.repeat(100_000)}`).join()).toMatch(/is nested too deeply|YAML: /);
    const block = Array.from({ length: 100 }, (_, n) => `${' '.repeat(n)}k:`).join('\n');
    expect(problemsOf(block).join()).toContain('is nested too deeply');
  });

  it('takes scalars and keys of a megabyte', () => {
    const big = 'x'.repeat(1_000_000);
    const { config } = loaded(withGraph(`subgraph_error_propagation: { message: "${big}" }`));
    expect(config.subgraphErrorPropagation.message).toHaveLength(1_000_000);
    const problems = problemsOf(withGraph(`log_level: ${big}\n"${'k'.repeat(1000)}": 1`));
    expect(problems).toHaveLength(2);
    expect(problems.join().length).toBeLessThan(500);
  });

  it('takes thousands of keys without comparing each to each', () => {
    const keys = Array.from({ length: 5_000 }, (_, n) => `  key${n}: { routing_url: "http://a/" }`).join('\n');
    const { config } = loaded(withGraph(`overrides:\n subgraphs:\n${keys}`));
    expect(config.overrides.subgraphs.size).toBe(5_000);
  });

  it('refuses a file that is too large, without parsing it', () => {
    expect(problemsOf(' '.repeat(17 * 1024 * 1024))).toEqual(['router.config.yaml: is larger than 16 MiB']);
  });

  it('gives tags and directives no power over the schema', () => {
    expect(problemsOf(`%YAML 1.1\n---\n${withGraph('dev_mode: yes')}`).join()).toContain('dev_mode: expected true or false, found text');
    expect(problemsOf(withGraph('log_level: !!binary aGVsbG8=\ndev_mode: !!js/function "x"')).length).toBeGreaterThan(0);
  });

  it('never shows a value of the environment', () => {
    const secret = 'hunter2-canary';
    const holes = [
      'listen_addr: ${S}',
      'log_level: ${S}',
      'dev_mode: ${S}',
      'shutdown_delay: ${S}',
      'cors: { max_age: "${S}", allow_origins: "${S}" }',
      'cluster: { workers: "${S}" }',
      'trusted_proxies: ["${S}"]',
      'headers: { all: { request: [{ op: "${S}" }, { op: propagate, matching: "(${S}" }] } }',
      'traffic_shaping: { all: { request_timeout: "${S}", max_response_body_size: "${S}", retry: { statuses: ["${S}"], expression: "${S}" } } }',
      'response: { validation_status: "${S}", partial_status: "${S}", completeness_header: "a ${S}" }',
      'subgraph_error_propagation: { audiences: [{ name: "a ${S}", when: { network: "${S}" } }], catalogue: { file: "${S}/../nowhere" } }',
    ].join('\n');
    const problems = problemsOf(withGraph(holes), { S: secret, GRACE_PERIOD: secret });
    expect(problems.length).toBeGreaterThan(15);
    expect(problems.filter((problem) => problem.includes(secret))).toEqual([]);
  });
});

describe('loadConfig', () => {
  const word = fc.constantFrom(
    'cors',
    'subgraphs',
    'name',
    'headers',
    'all',
    '__proto__',
    'rules',
    '&a',
    '*a',
    '<<',
    '${X}',
    '"',
    '\t',
    '- ',
    ': ',
    '\n',
    '\n  ',
    '{',
    '}',
    '[',
    ']',
    ',',
    '!!',
    '|',
    '>',
    '#',
    '---',
    '? ',
    'null',
    '1',
    '~',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
  );

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(text, fc.dictionary(fc.constantFrom('X', 'LOG_LEVEL', 'CONFIG_PATH', 'CORS_ENABLED'), fc.string()), (yaml, env) => {
        for (const named of [['router.config.yaml'], []]) {
          const result = load({ 'router.config.yaml': yaml, '.env': yaml }, env, named);
          for (const problem of result.ok ? [] : result.error) expect(printProblem(problem)).toMatch(/\S: ./);
        }
      }),
      { numRuns: 1000 },
    );
  });

  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, true, 1, 'wrapped', '5s', 'http://a/', '4xx', 'x', Number.MAX_VALUE, -1),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          'name',
          'routing_url',
          'schema',
          'file',
          'all',
          'request',
          'op',
          'named',
          'enabled',
          'mode',
          'rules',
          'when',
          'code',
          'subgraphs',
          'catalogue',
          'codes',
          'from',
          'scrub',
          'floor',
          'constructor',
          'retry',
        ),
        tie('value'),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const keys = fc.constantFrom(
    'subgraphs',
    'execution_config',
    'headers',
    'traffic_shaping',
    'subgraph_error_propagation',
    'cors',
    'overrides',
    'telemetry',
    'response',
    'listen_addr',
    'dev_mode',
  );

  it('never throws, whatever stands under keys that it knows', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, value, { maxKeys: 4 }), (config) => {
        const result = load({ 'router.config.yaml': JSON.stringify(config) });
        // A problem without a place would be of no use: everything here comes from the file.
        for (const problem of result.ok ? [] : result.error) expect(problem.line).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });
});
