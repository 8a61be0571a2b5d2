import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../../src/cli/index.ts';
import { DEMO_NAMES, readSchema } from '../../subgraphs/server.ts';
import { ANY_PORT, type Demo, startDemo } from '../../subgraphs/start.ts';
import { type Stage, startStage } from './stage.ts';

const QUERY = '{ employees { id details { forename } hobbies { __typename } products } }';

let demo: Demo;
let folder: string;
const open: Stage[] = [];

beforeAll(async () => {
  demo = await startDemo(ANY_PORT);
  folder = await mkdtemp(join(tmpdir(), 'graph-'));
});
afterEach(async () => {
  for (const stage of open.splice(0)) await stage.close();
});
afterAll(async () => {
  await demo.close();
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

async function expectDemo(config: object): Promise<void> {
  const stage = await startStage({ config: { ...config } });
  open.push(stage);
  const { body } = await stage.post(QUERY);
  expect(body.errors).toBeUndefined();
  expect(body.data?.['employees']).toHaveLength(10);
}

const graph = (): object => ({
  version: 1,
  subgraphs: DEMO_NAMES.map((name) => ({ name, routing_url: demo.urls[name], schema: { file: `${name}.graphql` } })),
});

describe('the demo graph', () => {
  it('comes from a supergraph SDL that candor compose wrote', async () => {
    for (const name of DEMO_NAMES) await write(`${name}.graphql`, readSchema(name));
    const input = await write('graph.yaml', JSON.stringify(graph()));
    const output = join(folder, 'supergraph.graphql');
    const said: string[] = [];
    const silent = { out: (text: string) => void said.push(text), problem: (line: string) => void said.push(line) };
    expect(await runCli(['compose', '-i', input, '-o', output], silent)).toBe(0);
    expect(said.join('')).toBe(`${output}: the supergraph of employees, family, hobbies, products\n`);
    await expectDemo({ execution_config: { file: { path: output } } });
  });

  it('comes from a Cosmo execution config', async () => {
    const config = {
      engineConfig: {
        datasourceConfigurations: DEMO_NAMES.map((name, i) => ({
          id: String(i),
          customGraphql: { federation: { enabled: true, serviceSdl: readSchema(name) } },
        })),
      },
      subgraphs: DEMO_NAMES.map((name, i) => ({ id: String(i), name, routingUrl: demo.urls[name] })),
    };
    await expectDemo({ execution_config: { file: { path: await write('execution.json', JSON.stringify(config)) } } });
  });

  it('comes from the subgraphs themselves', async () => {
    await expectDemo({ subgraphs: DEMO_NAMES.map((name) => ({ name, routing_url: demo.urls[name] })) });
  });

  it('takes routing URLs from overrides', async () => {
    for (const name of DEMO_NAMES) await write(`${name}.graphql`, readSchema(name));
    const subgraphs = DEMO_NAMES.map((name) => ({
      name,
      routing_url: 'http://127.0.0.1:1/',
      schema: { file: join(folder, `${name}.graphql`) },
    }));
    const overrides = { subgraphs: Object.fromEntries(DEMO_NAMES.map((name) => [name, { routing_url: demo.urls[name] }])) };
    await expectDemo({ subgraphs, overrides });
  });
});
