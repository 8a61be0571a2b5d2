import { describe, expect, it } from 'vitest';
import { importExecutionConfig } from './execution-config.ts';

const source = (id: string, members: object) => ({ id, kind: 'GRAPHQL', customGraphql: members });
const federation = (serviceSdl: unknown) => ({ federation: { enabled: true, serviceSdl } });

describe('importExecutionConfig', () => {
  it('takes SDL from data sources, names and URLs from subgraphs', () => {
    const config = {
      version: '1',
      engineConfig: {
        datasourceConfigurations: [source('0', federation('type Query { a: Int }')), source('1', federation('type Query { b: Int }'))],
      },
      subgraphs: [
        { id: '1', name: 'b', routingUrl: 'http://b.test' },
        { id: '0', name: 'a', routingUrl: 'http://a.test' },
      ],
    };
    expect(importExecutionConfig(JSON.stringify(config))).toEqual({
      ok: true,
      value: [
        { name: 'a', url: 'http://a.test', sdl: 'type Query { a: Int }' },
        { name: 'b', url: 'http://b.test', sdl: 'type Query { b: Int }' },
      ],
    });
  });

  it('does without subgraphs, and finds interned texts', () => {
    const fetch = { url: { staticVariableContent: 'http://a.test' } };
    const config = {
      engineConfig: {
        datasourceConfigurations: [source('7', { fetch, ...federation({ key: 'k' }) })],
        stringStorage: { k: 'type Query { a: Int }' },
      },
    };
    expect(importExecutionConfig(JSON.stringify(config))).toEqual({
      ok: true,
      value: [{ name: '7', url: 'http://a.test', sdl: 'type Query { a: Int }' }],
    });
  });

  it.each([
    ['{', 'The file is neither JSON nor SDL: '],
    ['{}', 'The JSON is not a Cosmo execution config'],
    ['[1]', 'The JSON is not a Cosmo execution config'],
    [
      '{"engineConfig":{"datasourceConfigurations":[{"id":"3","kind":"PUBSUB"}]}}',
      'Data source "3" is not a GraphQL subgraph (kind PUBSUB).',
    ],
    [
      '{"engineConfig":{"datasourceConfigurations":[{"id":"3","customGraphql":{}}]}}',
      'Data source "3" has no customGraphql.federation.serviceSdl.',
    ],
    ['{"engineConfig":{"datasourceConfigurations":[null]}}', 'Data source "" is not a GraphQL subgraph'],
  ])('refuses %s', (text, message) => {
    const result = importExecutionConfig(text);
    expect(!result.ok && result.error[0]?.message).toContain(message);
  });
});
