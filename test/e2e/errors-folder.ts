/** A folder with a graph and a policy, and `candor errors …` within it, without the process. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { runCli } from '../../src/cli/index.ts';

const SDL = 'type Query { me: User } type User { id: ID! name: String }';

export const POLICY = `
subgraph_error_propagation:
  rules:
    - when: { code: DECLINED }
      set: { code: REFUSED }
  subgraphs:
    users: { alias: people }
  audiences:
    - name: staff
      when: { signed_header: { name: X-Audience, secret: hush } }
      mode: pass-through
      allowed_extension_fields: ["+trace"]
    - name: partner
      when: { header: { name: X-Partner, equals: secret } }
      enabled: false
`;

export const REPLY = {
  data: { me: { id: 1, name: null } },
  errors: [
    {
      message: 'card declined',
      path: ['me', 'name'],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'DECLINED', trace: 't1', http: { status: 503 } },
    },
  ],
};

export interface ErrorsFolder {
  /** The path of a file. */
  readonly at: (name: string) => string;
  /** Replaces the policy. */
  readonly configure: (policy: string) => Promise<void>;
  /** What it prints names files as they are called within the folder. */
  readonly run: (...argv: string[]) => Promise<{ readonly code: number; readonly out: string; readonly problems: string }>;
}

/** Registers hooks: every test has the folder to itself, with `POLICY`. */
export function useErrorsFolder(): ErrorsFolder {
  let folder: string;
  const at = (name: string): string => join(folder, name);

  async function configure(policy: string): Promise<void> {
    const graph = ['users', 'other'].map(
      (name) => `  - { name: ${name}, routing_url: "http://127.0.0.1:1/${name}", schema: { file: ${name}.graphql } }\n`,
    );
    await writeFile(at('router.config.yaml'), `version: "1"\nsubgraphs:\n${graph.join('')}${policy.trimStart()}`);
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cli-errors-'));
    await writeFile(join(folder, 'users.graphql'), SDL);
    await writeFile(join(folder, 'other.graphql'), 'type Query { other: String }');
    await configure(POLICY);
  });
  afterEach(() => rm(folder, { recursive: true }));

  return {
    at,
    configure,
    run: async (...argv) => {
      const out: string[] = [];
      const problems: string[] = [];
      const config = ['--config', at('router.config.yaml')];
      const code = await runCli(['errors', ...argv, ...config], { out: (text) => out.push(text), problem: (line) => problems.push(line) });
      return { code, out: out.join('').replaceAll(`${folder}/`, ''), problems: problems.join('\n').replaceAll(`${folder}/`, '') };
    },
  };
}
