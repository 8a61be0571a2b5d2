import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { err, ok } from '../shared/result.ts';
import { composeDefinitions, graphFiles, loadSupergraph, readServiceSdl, type SdlFetcher } from './load.ts';
import { printProblem } from './problem.ts';

let folder: string;
const fetched: string[] = [];
const unreachable: SdlFetcher = async ({ name }) => {
  fetched.push(name);
  return err('connection refused');
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candor-load-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function loadProblems(...args: Parameters<typeof loadSupergraph>): Promise<string> {
  const loaded = await loadSupergraph(...args);
  return loaded.ok ? 'loaded' : loaded.error.map(printProblem).join('\n').replaceAll(folder, '');
}

const subgraph = (name: string, path?: string) => ({
  name,
  routing_url: `http://${name}.test/graphql`,
  ...(path === undefined ? {} : { schema: { file: path } }),
});

describe('loadSupergraph', () => {
  it('composes SDL files without asking any subgraph', async () => {
    fetched.length = 0;
    const source = { subgraphs: [subgraph('a', await file('a.graphql', '\uFEFFtype Query { a: Int }'))] };
    const loaded = await loadSupergraph(source, unreachable);
    expect(loaded.ok && [...loaded.value.subgraphs.keys()]).toEqual(['a']);
    expect(fetched).toEqual([]);
    expect(graphFiles(source)).toEqual([join(folder, 'a.graphql')]);
  });

  it('asks a subgraph without file for its SDL', async () => {
    const loaded = await loadSupergraph({ subgraphs: [subgraph('a')] }, async () => ok('type Query { a: Int }'));
    expect(loaded.ok && Object.keys(loaded.value.publicSchema.getQueryType()?.getFields() ?? {})).toEqual(['a']);
  });

  it('tells all problems at once', async () => {
    const source = {
      subgraphs: [
        subgraph('a', await file('bad.graphql', 'type Query {\n a: }')),
        subgraph('b', join(folder, 'none.graphql')),
        subgraph('c'),
      ],
    };
    expect(await loadProblems(source, unreachable)).toBe(
      [
        '/none.graphql, subgraph "b": There is no such file. (UNREADABLE)',
        'subgraph "c": The SDL cannot be fetched: connection refused. Start the subgraph, or name a file in schema.file. (UNREADABLE)',
        '/bad.graphql:2:5, subgraph "a": Syntax Error: Expected Name, found "}". (INVALID_SDL)',
      ].join('\n'),
    );
  });

  it('reads a supergraph SDL and an execution config from one key, whatever the file is called', async () => {
    const composed = await composeDefinitions([subgraph('a', await file('a2.graphql', 'type Query { a: Int }'))], unreachable);
    if (!composed.ok) throw new Error('composes');
    const config = {
      engineConfig: { datasourceConfigurations: [{ id: '0', customGraphql: { federation: { serviceSdl: 'type Query { a: Int }' } } }] },
      subgraphs: [{ id: '0', name: 'a', routingUrl: 'http://a.test/graphql' }],
    };
    for (const path of [await file('supergraph.json', composed.value), await file('config.graphql', JSON.stringify(config))]) {
      const loaded = await loadSupergraph({ execution_config: { file: { path } } }, unreachable);
      expect(loaded.ok && [...loaded.value.subgraphs.values()]).toEqual([{ name: 'a', url: 'http://a.test/graphql' }]);
    }
  });

  it('names the file of a supergraph that cannot be used, and composition writes no such file', async () => {
    const thing = 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! size(by: Float): Int }';
    const user = `extend type Thing @key(fields: "id") { id: ID! @external size(by: Float): Int @external
      weight: Int @requires(fields: "size(by: 9223372036854775808)") }`;
    const subgraphs = [subgraph('a', await file('thing.graphql', thing)), subgraph('b', await file('user.graphql', user))];
    const refused =
      'subgraph "b", Thing.weight: The requires "size(by:9223372036854775808)" cannot be used: 9223372036854775808 is no integer of 64 bits. (INVALID_SUPERGRAPH)';
    const composed = await composeDefinitions(subgraphs, unreachable);
    expect(!composed.ok && composed.error.map(printProblem)).toEqual([refused]);
    expect(await loadProblems({ subgraphs }, unreachable)).toBe(refused);

    const path = await file(
      'key.graphql',
      `enum join__Graph { A } type Query { a: Int } type Thing @join__type(graph: A, key: "id {") { id: ID! }`,
    );
    expect(await loadProblems({ execution_config: { file: { path } } }, unreachable)).toBe(
      '/key.graphql, subgraph "A", Thing: The key "id {" cannot be used: it is no set of fields. (INVALID_SUPERGRAPH)',
    );
  });

  it('lets overrides change where a subgraph is', async () => {
    const source = {
      subgraphs: [subgraph('a', await file('a3.graphql', 'type Query { a: Int }'))],
      overrides: { subgraphs: { a: { routing_url: 'https://else.test' } } },
    };
    const loaded = await loadSupergraph(source, unreachable);
    expect(loaded.ok && loaded.value.subgraphs.get('a')?.url).toBe('https://else.test');
  });

  it('refuses overrides of unknown subgraphs, and subgraphs without a place', async () => {
    const subgraphs = [{ ...subgraph('a', await file('a4.graphql', 'type Query { a: Int }')), routing_url: '' }];
    expect(await loadProblems({ subgraphs, overrides: { subgraphs: { b: { routing_url: 'http://b.test' } } } }, unreachable)).toBe(
      [
        'overrides.subgraphs.b: there is no such subgraph; there are a. (INVALID_CONFIG)',
        'subgraph "a": The routing URL "" is not an HTTP URL; set overrides.subgraphs.a.routing_url. (INVALID_CONFIG)',
      ].join('\n'),
    );
  });

  it('refuses no graph, two graphs, an empty file and a directory', async () => {
    expect(await loadProblems({}, unreachable)).toMatch(/^There is no graph/);
    expect(await loadProblems({ subgraphs: [], execution_config: { file: { path: 'x' } } }, unreachable)).toMatch(/^There are two graphs/);
    const path = await file('empty.graphql', ' \n');
    expect(await loadProblems({ execution_config: { file: { path } } }, unreachable)).toBe(
      '/empty.graphql: The file is empty. (UNREADABLE)',
    );
    expect(await loadProblems({ execution_config: { file: { path: folder } } }, unreachable)).toContain('This is a directory, not a file.');
  });
});

describe('readServiceSdl', () => {
  it('takes the SDL out of a reply and nothing else', () => {
    expect(readServiceSdl('{"data":{"_service":{"sdl":"type Query { a: Int }"}}}')).toEqual({ ok: true, value: 'type Query { a: Int }' });
    for (const body of ['', '[]', '{"data":null}', '{"data":{"_service":{"sdl":1}}}', '<html>'])
      expect(readServiceSdl(body).ok).toBe(false);
  });
});
