/** "Run it in production", as one session of a shell; and the files of `deploy/`, as far as they can be checked without a cluster. */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ANY_PORT, announceSubgraphs, startDemo } from '../../subgraphs/start.ts';
import { buildRouter, REPOSITORY } from '../support/built-router.ts';
import { startCollector } from '../support/collector.ts';
import { loaded } from '../support/config.ts';
import { furnishWithDemo, overridesFor } from '../support/doc-commands.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const guide = await readFile(join(REPOSITORY, 'docs/guides/run-in-production.md'), 'utf8');

const blocks = (language: string): readonly string[] =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, text = '']) => text);

// A guide whose commands wait for what never comes must say which.
const SHELL_TIMEOUT_MS = 90_000;

/** Runs a script in a shell that stops at the first command that fails. */
function runShell(script: string, cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const shell = spawn('/bin/bash', ['-euo', 'pipefail', '-c', `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n${script}`], {
      cwd,
      detached: true,
      env: { ...process.env, PATH: `${join(cwd, 'bin')}:${process.env['PATH'] ?? ''}` },
    });
    let output = '';
    for (const stream of [shell.stdout, shell.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const timer = setTimeout(() => process.kill(-(shell.pid ?? 0), 'SIGKILL'), SHELL_TIMEOUT_MS);
    shell.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

// Which ports the router took, its log says.
const ADDRESS_OF = String.raw`address_of() {
  until grep -q 'cluster is ready' router.log; do sleep 0.1; done
  sed -nE 's|.*"'"$1"'":"(http://[^/]*)/.*cluster is ready.*|\1|p' router.log
}`;

/** A folder with the demo and a command `candor`; `move` lets the router take any ports, and commands find them. */
async function setUp(): Promise<{ readonly folder: string; readonly move: (text: string) => string }> {
  const script = await buildRouter();
  const demo = await startDemo(ANY_PORT);
  cleanups.push(() => demo.close());
  const collector = await startCollector();
  cleanups.push(() => collector.close());
  const folder = await mkdtemp(join(tmpdir(), 'production-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const move = (text: string): string =>
    text
      .replaceAll('http://localhost:3002', '"$(address_of url)"')
      .replaceAll('http://localhost:8088', '"$(address_of metricsUrl)"')
      .replaceAll(/listen_addr: \S+:\d+/g, 'listen_addr: 127.0.0.1:0')
      .replaceAll('http://localhost:4318/v1/traces', collector.endpoint);
  await furnishWithDemo(folder);
  await writeFile(join(folder, 'demo.yaml'), overridesFor(demo));
  await writeFile(join(folder, 'bin/candor'), `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@" --config demo.yaml\n`);
  await chmod(join(folder, 'bin/candor'), 0o755);
  // The demo runs already, on ports of its own: what is left of its commands is what they print, and what goes on.
  await writeFile(join(folder, 'announced.txt'), announceSubgraphs(demo));
  const commands = {
    npm: `[ "$*" = 'run build' ]`,
    node: `[ "$*" = 'dist/demo/start.js --subgraphs-only' ] && cat announced.txt && exec tail -f /dev/null`,
  };
  for (const [name, text] of Object.entries(commands)) {
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    await chmod(join(folder, 'bin', name), 0o755);
  }
  return { folder, move };
}

describe('the guide', () => {
  it('has commands that work, one after the other', async () => {
    const { folder, move } = await setUp();
    await writeFile(join(folder, 'production.yaml'), move(blocks('yaml production\\.yaml')[0] ?? ''));
    const script = [ADDRESS_OF, ...blocks('sh').map((text, i) => `echo "--- block ${i + 1}"\n${move(text)}`)].join('\n');
    const { code, output } = await runShell(script, folder);
    const log = await readFile(join(folder, 'router.log'), 'utf8').catch(() => '');
    expect(code, `${output}\n${log.slice(-3_000)}`).toBe(0);
    const metrics = await readFile(join(folder, 'metrics.txt'), 'utf8');
    const asked = [...guide.matchAll(/\b((?:router|subgraph|nodejs|process)_[a-z0-9_]+)\b/g)].map(([, name = '']) => name);
    const names = asked.filter((name) => /_(total|seconds|bytes|state|workers|flight)$/.test(name));
    expect(names.length).toBeGreaterThan(10);
    for (const name of new Set(names)) expect(metrics, name).toContain(`# TYPE ${name} `);
  }, 180_000);
});

describe('deploy', () => {
  it('has manifests that fit the router', async () => {
    const text = await readFile(join(REPOSITORY, 'deploy/kubernetes/router.yaml'), 'utf8');
    const manifests = new Map(
      parseAllDocuments(text).map((document) => {
        const manifest = document.toJS();
        return [String(manifest.kind), manifest];
      }),
    );
    const { config } = loaded(manifests.get('ConfigMap').data['router.config.yaml']);
    const { terminationGracePeriodSeconds, containers } = manifests.get('Deployment').spec.template.spec;
    const [router] = containers;
    expect(router.readinessProbe.httpGet.path).toBe(config.readinessCheckPath);
    expect(router.livenessProbe.httpGet.path).toBe(config.livenessCheckPath);
    const ports = router.ports.map(({ containerPort }: { readonly containerPort: number }) => containerPort);
    expect(ports).toEqual([config.listenAddr.port, config.telemetry.metrics.prometheus.listenAddr.port]);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(config.shutdownDelayMs / 1_000);
    expect(config.shutdownNoticeMs + config.gracePeriodMs).toBeLessThan(config.shutdownDelayMs);
    expect(config.shutdownNoticeMs).toBeGreaterThanOrEqual(5_000);
  });

  it('has a Dockerfile that copies what there is and starts what is built', async () => {
    const dockerfile = await readFile(join(REPOSITORY, 'deploy/Dockerfile'), 'utf8');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '));
    expect(copied.length).toBeGreaterThan(3);
    for (const source of copied) await expect(readFile(join(REPOSITORY, source)).catch((error) => error.code)).resolves.not.toBe('ENOENT');
    const { bin } = parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8'));
    expect(dockerfile).toContain(`ENTRYPOINT ["node", "${bin.candor}"]`);
    expect(dockerfile).toContain('USER node');
  });
});
