import { describe, expect, it } from 'vitest';
import { load, problemsOf, withGraph } from '../../test/support/config.ts';
import { printKey, printProblem } from './problem.ts';

const at = (line: number, column: number, rest: string): string => `router.config.yaml:${line}:${column} ${rest}`;

describe('problems', () => {
  it('are all reported at once, at their places and in their order', () => {
    const yaml = [
      'listen_addr: localhost',
      'playgroud: { enabled: true }',
      'cors:',
      '  max_age: 5',
      '  allow_origns: []',
      'security: { operation_name_length_limit: many, parser_limits: [] }',
      'subgraph_error_propagation: { mod: wrapped, mode: pas-through }',
    ].join('\n');
    expect(problemsOf(withGraph(yaml))).toEqual([
      at(2, 14, 'listen_addr: expected host:port, such as localhost:3002, 0.0.0.0:3002 or [::1]:3002'),
      at(3, 1, 'playgroud: unknown key; did you mean playground?'),
      at(5, 12, 'cors.max_age: expected a duration such as 300ms, 5s or 1m30s'),
      at(6, 3, 'cors.allow_origns: unknown key; did you mean allow_origins?'),
      at(7, 42, 'security.operation_name_length_limit: expected a number, found text'),
      at(7, 63, 'security.parser_limits: expected a map of keys, found a list'),
      at(8, 31, 'subgraph_error_propagation.mod: unknown key; did you mean mode?'),
      at(8, 51, 'subgraph_error_propagation.mode: expected one of wrapped, pass-through; did you mean pass-through?'),
    ]);
  });

  it('of several files come in the order of the files', () => {
    const result = load({ 'a.yaml': withGraph('dev_mode: 1'), 'b.yaml': 'json_log: 1\nx: 2' }, {}, ['b.yaml', 'a.yaml']);
    expect(result.ok ? [] : result.error.map(printProblem)).toEqual([
      'b.yaml:1:11 json_log: expected true or false, found a number',
      'b.yaml:2:1 x: unknown key',
      'a.yaml:2:11 dev_mode: expected true or false, found a number',
    ]);
  });

  it('name keys of Cosmo that Candor does not have, and what to use instead', () => {
    const keys = ['mcp', 'cdn', 'graph', 'modules', 'authentication', 'authorization', 'rate_limit', 'persisted_operations', 'batching'];
    const more = ['automatic_persisted_queries', 'file_upload', 'apollo_compatibility_flags', 'storage_providers', 'cache_warmup', 'tls'];
    for (const key of [...keys, ...more, 'websocket', 'subscriptions'])
      expect(problemsOf(withGraph(`${key}: {}`))).toEqual([at(2, 1, `${key}: Cosmo feature that Candor does not have; remove it`)]);
    expect(problemsOf(withGraph('introspection_enabled: true'))).toEqual([
      at(2, 1, 'introspection_enabled: Cosmo feature that Candor does not have; use introspection.enabled'),
    ]);
    expect(problemsOf(withGraph('traffic_shaping: { subgraphs: { a: { max_idle_conns: 1 } }, all: { max_idle_conns: 1 } }'))).toEqual([
      at(2, 38, 'traffic_shaping.subgraphs.a.max_idle_conns: Cosmo feature that Candor does not have; remove it'),
      at(2, 68, 'traffic_shaping.all.max_idle_conns: Cosmo feature that Candor does not have; remove it'),
    ]);
  });

  it('list the known keys where nothing is near', () => {
    expect(problemsOf(withGraph('playground: { zzzzzz: 1 }'))).toEqual([
      at(2, 15, 'playground.zzzzzz: unknown key; known are enabled, path, tabs'),
    ]);
  });

  it('take inherited names for unknown keys', () => {
    expect(problemsOf(withGraph('constructor: 1\ncors: { toString: 1, hasOwnProperty: 2 }'))).toHaveLength(3);
  });

  it('say what is missing at the place where it is missing', () => {
    expect(problemsOf('subgraphs:\n  - name: a\n  - routing_url: http://b/')).toEqual([
      at(2, 5, 'subgraphs[0].routing_url: is missing'),
      at(3, 5, 'subgraphs[1].name: is missing'),
    ]);
  });

  it('are reported beside those of YAML, for files that are YAML', () => {
    const result = load({ 'a.yaml': 'log_level: [', 'b.yaml': 'jsn_log: true' }, {}, ['a.yaml', 'b.yaml']);
    const printed = result.ok ? [] : result.error.map(printProblem);
    expect(printed).toHaveLength(2);
    expect(printed[0]).toMatch(/^a\.yaml:1:\d+: YAML: /);
    expect(printed[1]).toBe('b.yaml:1:1 jsn_log: unknown key; did you mean json_log?');
  });

  it('name keys that stand twice', () => {
    expect(problemsOf(withGraph('cors: { enabled: true, enabled: false }\nlog_level: info\nlog_level: warn'))).toEqual([
      at(2, 24, 'cors.enabled: stands here twice; keep one'),
      at(4, 1, 'log_level: stands here twice; keep one'),
    ]);
  });
});

describe('contradictions', () => {
  it('ask for exactly one graph', () => {
    expect(problemsOf('log_level: info')).toEqual([
      'router.config.yaml:1:1: names no graph; add `subgraphs:` with SDL files, or `execution_config:` with the file of a composed graph',
    ]);
    expect(problemsOf(withGraph('execution_config: { file: { path: s.graphql } }'))).toEqual([
      at(2, 1, 'execution_config: stands beside subgraphs; a router has one graph, keep one of the two'),
    ]);
    expect(problemsOf('subgraphs: []')).toEqual([at(1, 12, 'subgraphs: must name at least one subgraph')]);
  });

  it('refuse a name for two subgraphs', () => {
    const yaml = 'subgraphs:\n  - { name: a, routing_url: "http://a/" }\n  - { name: a, routing_url: "http://b/" }';
    expect(problemsOf(yaml)).toEqual([at(3, 13, 'subgraphs[1].name: is the name of two subgraphs')]);
  });

  it('refuse credentials for every origin, also as the default', () => {
    const message = 'cors.allow_credentials: cannot go with `*` in cors.allow_origins: any page could act as the user; list the origins';
    expect(problemsOf(withGraph('cors: { allow_credentials: true }'))).toEqual([at(2, 28, message)]);
    expect(problemsOf(withGraph('cors: { allow_credentials: true, allow_origins: ["https://a", "*"] }'))).toEqual([at(2, 28, message)]);
    expect(problemsOf(withGraph('cors: { allow_credentials: true, allow_origins: ["https://a"] }'))).toEqual([]);
    expect(problemsOf(withGraph('cors: { allow_credentials: true, enabled: false }'))).toEqual([]);
  });

  it('are found although another value is wrong', () => {
    expect(problemsOf(withGraph('cors: { allow_credentials: true, max_age: x }'))).toHaveLength(2);
  });
});

describe('printKey', () => {
  it('prints names and indices as one would write them', () => {
    expect(printKey(['a', 0, 'b-c', 'x.y', 'é'])).toBe('a[0].b-c["x.y"]["é"]');
    expect(printKey([])).toBe('');
  });
});
