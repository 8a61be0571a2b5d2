import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { listen } from '../support/listen.ts';

let folder: string;
beforeEach(async () => {
  // What configurations here leave out must not meet another router on this machine.
  vi.stubEnv('LISTEN_ADDR', '127.0.0.1:0');
  vi.stubEnv('PROMETHEUS_LISTEN_ADDR', '127.0.0.1:0');
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

async function run(...argv: string[]): Promise<{ code: number; out: string; problems: readonly string[] }> {
  const out: string[] = [];
  const problems: string[] = [];
  const code = await runCli(argv, { out: (text) => out.push(text), problem: (line) => problems.push(line) });
  return { code, out: out.join(''), problems };
}

const graph = (sdls: Readonly<Record<string, string>>, more = ''): string =>
  `${more}\nsubgraphs:\n${Object.keys(sdls)
    .map((name) => `  - { name: ${name}, routing_url: "http://127.0.0.1:1/", schema: { file: ${name}.graphql } }\n`)
    .join('')}`;

async function writeGraph(sdls: Readonly<Record<string, string>>, more = ''): Promise<string> {
  for (const [name, sdl] of Object.entries(sdls)) await write(`${name}.graphql`, sdl);
  return write('router.config.yaml', graph(sdls, more));
}

/** One line each, for people: no stack, no dump. */
function expectPlain(problems: readonly string[]): void {
  for (const line of problems) {
    expect(line).not.toMatch(/\n|\bat .+:\d+:\d+\)?$|node:internal|\[object/);
  }
}

describe('candor start', () => {
  it.each([
    ['a file that does not exist', async () => join(folder, 'nowhere.yaml'), /nowhere\.yaml: does not exist/],
    ['a folder for a file', async () => folder, /cannot be read/],
    ['YAML that is none', () => write('a.yaml', 'a: [1'), /a\.yaml:\d+:\d+/],
    ['an unknown key', () => writeGraph({ a: 'type Query { a: Int }' }, 'lissen_addr: a'), /lissen_addr: unknown key/],
    ['no graph', () => write('a.yaml', 'version: "1"'), /subgraphs|execution_config/],
    ['broken SDL', () => writeGraph({ a: 'type Query {' }), /a\.graphql:1:13, subgraph "a": Syntax Error/],
    ['an SDL file that is missing', () => write('router.config.yaml', graph({ a: '' })), /subgraph "a".*no such file/],
    [
      'a graph that does not compose',
      () => writeGraph({ a: 'type Query { a: Int @shareable }', b: 'type Query { a: String @shareable }' }),
      /subgraphs? "a".*Query\.a/,
    ],
    [
      'a subgraph that is down and has no file',
      () =>
        write(
          'a.yaml',
          'traffic_shaping: { all: { retry: { enabled: false } } }\nsubgraphs: [{ name: a, routing_url: "http://127.0.0.1:1/" }]',
        ),
      /subgraph "a".*Start the subgraph/,
    ],
  ])('says in plain lines what is wrong with %s', async (_name, prepare, expected) => {
    const { code, problems } = await run('start', '--config', await prepare());
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(expected);
    expectPlain(problems);
  });

  it('says what to do when the port is in use', async () => {
    const other = createServer();
    const port = await listen(other);
    const config = await writeGraph(
      { a: 'type Query { a: Int }' },
      `listen_addr: 127.0.0.1:${port}\ntelemetry: { metrics: { prometheus: { enabled: false } } }`,
    );
    const { code, problems } = await run('start', '-c', config);
    other.close();
    expect(code).toBe(1);
    expect(problems).toEqual([`cannot listen on 127.0.0.1:${port}: the port is in use; stop the other process or change listen_addr`]);
  });
});

describe('candor check', () => {
  it('is content with what would start, and starts nothing', async () => {
    expect(await run('check', '--config', await writeGraph({ a: 'type Query { a: Int }' }))).toEqual({
      code: 0,
      out: 'The configuration is fine, and so is the graph of a.\n',
      problems: [],
    });
  });

  it('tells all problems at once', async () => {
    const { code, problems } = await run(
      'check',
      '--config',
      await writeGraph({ a: 'type Query {', b: 'type Query { b: Nope }' }, 'log_level: loud\ncorz: {}'),
    );
    expect(code).toBe(1);
    const text = problems.join('\n');
    expect(text).toMatch(/log_level/);
    expect(text).toMatch(/corz: unknown key/);
    expect(text).toMatch(/subgraph "a"/);
    expect(problems.at(-1)).toMatch(/^\d+ problems$/);
  });

  it('tells contradictions of the error policy, with their place', async () => {
    const policy = 'subgraph_error_propagation:\n  subgraphs:\n    nobody: { mode: pass-through }';
    const { code, problems } = await run('check', '--config', await writeGraph({ a: 'type Query { a: Int }' }, policy));
    expect(code).toBe(1);
    expect(problems).toEqual([expect.stringMatching(/router\.config\.yaml:3:\d+ subgraph_error_propagation\.subgraphs\.nobody: /)]);
    expect((await run('start', '--config', join(folder, 'router.config.yaml'))).problems).toEqual(problems);
  });

  it('asks a subgraph for its SDL once: somebody waits for the answer', async () => {
    let asked = 0;
    const subgraph = createHttpServer((_request, response) => {
      asked++;
      response.writeHead(503).end();
    });
    const url = `http://127.0.0.1:${await listen(subgraph)}/`;
    const { code, problems } = await run('check', '-c', await write('a.yaml', `subgraphs: [{ name: a, routing_url: "${url}" }]`));
    subgraph.close();
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(/subgraph "a"/);
    expect(asked).toBe(1);
  });

  it('takes several files, later ones win', async () => {
    const base = await writeGraph({ a: 'type Query { a: Int }' }, 'log_level: loud');
    const change = await write('change.yaml', 'log_level: debug');
    expect((await run('check', '-c', base, '-c', change)).code).toBe(0);
  });
});

describe('candor compose', () => {
  it('prints the supergraph where no file is named', async () => {
    const { code, out } = await run('compose', '-i', await writeGraph({ a: 'type Query { a: Int }' }));
    expect(code).toBe(0);
    expect(out).toContain('enum join__Graph');
  });

  it('names subgraph and coordinate, and writes nothing', async () => {
    const input = await writeGraph({ a: 'type Query { a: Int @shareable }', b: 'type Query { a: String @shareable }' });
    const target = join(folder, 'out.graphql');
    const { code, problems } = await run('compose', '-i', input, '-o', target);
    expect(code).toBe(1);
    expect(problems.join('\n')).toMatch(/Query\.a/);
    await expect(readFile(target)).rejects.toThrow('ENOENT');
  });

  it('says when the file cannot be written', async () => {
    const { code, problems } = await run(
      'compose',
      '-i',
      await writeGraph({ a: 'type Query { a: Int }' }),
      '-o',
      join(folder, 'no/such/folder'),
    );
    expect(code).toBe(1);
    expect(problems[0]).toContain('cannot be written');
    expectPlain(problems);
  });
});

describe('candor', () => {
  it('says what it can do', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of ['start', 'check', 'compose', 'generate']) expect(out).toContain(command);
  });

  it.each([[['frobnicate']], [['start', '--confg', 'x']], [['compose']]])('refuses %j', async (argv) => {
    const { code, problems } = await run(...argv);
    expect(code).toBe(2);
    expect(problems).not.toEqual([]);
    expectPlain(problems);
  });

  it('prints its version', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
