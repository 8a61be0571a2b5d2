/**
 * Runs what a guide tells its readers to type, and compares what comes out with what the guide shows.
 *
 * In a guide, a fenced block `yaml NAME.yaml` (or `json NAME.json`) is a file that the reader saves. A block `console` holds commands, each
 * behind `$ `, and below each what it prints; JSON is shown formatted. `npm start` starts the demo's router with the files named.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { printPrettyJson } from '../../src/cli/errors/pretty-json.ts';
import { parseJson } from '../../src/shared/json.ts';
import { DEMO_NAMES } from '../../subgraphs/server.ts';
import { ANY_PORT, DEMO_PORTS, type Demo, startDemo } from '../../subgraphs/start.ts';
import { REPOSITORY, RunningCommand } from './built-router.ts';
import type { CommandHost } from './command-host.ts';

export type GuideStep =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly output: string };

const BLOCK = /^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm;

export function readGuide(markdown: string): readonly GuideStep[] {
  return [...markdown.matchAll(BLOCK)].flatMap(([, language, name, text = '']): readonly GuideStep[] => {
    if (language === 'console') return readConsole(text);
    return name === undefined ? [] : [{ kind: 'file', name, text }];
  });
}

/** A command goes on behind a backslash at the end of its line. */
function readConsole(text: string): readonly GuideStep[] {
  return text.split(/^\$ /m).flatMap((part): readonly GuideStep[] => {
    if (part === '') return [];
    const end = /(?<!\\)\n/.exec(part)?.index ?? part.length;
    return [{ kind: 'command', command: part.slice(0, end), output: part.slice(end + 1) }];
  });
}

/** The guide with other outputs, in the order of its commands. */
export function withOutputs(markdown: string, outputs: readonly string[]): string {
  let at = 0;
  return markdown.replace(BLOCK, (block: string, language: string, _name: string, text: string) => {
    if (language !== 'console') return block;
    const lines = readConsole(text).map((step) => (step.kind === 'command' ? `$ ${step.command}\n${outputs[at++] ?? ''}` : ''));
    return `\`\`\`console\n${lines.join('')}\`\`\``;
  });
}

/** Gives a folder what a reader's has: the demo's configuration and schemas, and `bin` for commands. */
export async function furnishWithDemo(folder: string): Promise<void> {
  await mkdir(join(folder, 'bin'));
  for (const shared of ['router.config.yaml', 'subgraphs']) await symlink(join(REPOSITORY, shared), join(folder, shared));
}

/** The line of a configuration that sends requests to where this demo listens. */
export function overridesFor({ urls }: Pick<Demo, 'urls'>): string {
  const overrides = DEMO_NAMES.map((name) => `${name}: { routing_url: ${urls[name]} }`);
  return `overrides: { subgraphs: { ${overrides.join(', ')} } }\n`;
}

/** A folder as a reader has it: the checkout's demo, and the files that the guide lets them save. */
export class GuideRunner {
  readonly #folder: string;
  readonly #script: string;
  readonly #demo: Demo;
  readonly #env: Record<string, string> = {};
  #router: RunningCommand | null = null;
  #port = '3002';

  private constructor(folder: string, script: string, demo: Demo) {
    this.#folder = folder;
    this.#script = script;
    this.#demo = demo;
  }

  /** `script` is the compiled command line, which routers are; `host` runs all other commands. */
  static async open(name: string, script: string, host: CommandHost): Promise<GuideRunner> {
    const folder = join(REPOSITORY, '.work', 'guides', name);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await furnishWithDemo(folder);
    await host.install(join(folder, 'bin'));
    return new GuideRunner(folder, script, await startDemo(ANY_PORT));
  }

  async close(): Promise<void> {
    await this.#stop();
    await this.#demo.close();
  }

  /** What a command prints; empty for `npm start`, which goes on. */
  async run(command: string): Promise<string> {
    if (command.startsWith('npm start')) {
      await this.#start(command);
      return '';
    }
    const log = this.#router?.lines.map((line) => `${JSON.stringify(line)}\n`).join('') ?? '';
    await writeFile(join(this.#folder, 'router.log'), log);
    const assigned = /^(?:export )?([A-Z_]+)=/.exec(command)?.[1];
    const output = await this.#shell(assigned === undefined ? command : `${command}\nprintf %s "$${assigned}"`);
    if (assigned === undefined) return formatted(output);
    this.#env[assigned] = output;
    return '';
  }

  async save({ name, text }: { readonly name: string; readonly text: string }): Promise<void> {
    const file = join(this.#folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async #start(command: string): Promise<void> {
    await this.#stop();
    const named = [...command.matchAll(/--config (\S+)/g)].flatMap(([, file]) => ['--config', file ?? '']);
    await this.save({
      name: 'test.yaml',
      text: `listen_addr: 127.0.0.1:0\ntelemetry: { metrics: { prometheus: { enabled: false } } }\n${overridesFor(this.#demo)}`,
    });
    const args = ['start', '--config', 'router.config.yaml', ...named, '--config', 'test.yaml'];
    this.#router = new RunningCommand(this.#script, args, { cwd: this.#folder, env: this.#env });
    const { url } = await this.#router.logged('router is ready');
    this.#port = new URL(String(url)).port;
  }

  async #stop(): Promise<void> {
    this.#router?.signal('SIGKILL');
    await this.#router?.ended;
    this.#router = null;
  }

  /** Standard output, then standard error, as a reader's terminal has them. */
  #shell(command: string): Promise<string> {
    const env = { ...process.env, LC_ALL: 'C', ...this.#env, PATH: `${join(this.#folder, 'bin')}:${process.env['PATH'] ?? ''}` };
    return new Promise((resolve) => {
      const text = command.replaceAll('localhost:3002', `127.0.0.1:${this.#port}`);
      execFile('/bin/bash', ['-c', text], { cwd: this.#folder, env }, (_error, stdout, stderr) => resolve(this.#readable(stdout + stderr)));
    });
  }

  /** With the ports that the guide speaks of. */
  #readable(text: string): string {
    let readable = text.replaceAll('\r\n', '\n').replaceAll(`127.0.0.1:${this.#port}`, 'localhost:3002');
    for (const { name, port } of this.#demo.subgraphs) readable = readable.replaceAll(`:${port}/`, `:${DEMO_PORTS[name]}/`);
    return readable;
  }
}

/** JSON as a reader wants to see it, with a line break at the end; anything else as it is. */
function formatted(output: string): string {
  const parsed = parseJson(output);
  if (parsed.ok) return `${printPrettyJson(parsed.value)}\n`;
  return output === '' || output.endsWith('\n') ? output : `${output}\n`;
}

/** Without what differs from run to run: ids, times, and headers of the connection. */
export function normalised(output: string): string {
  return output
    .replaceAll(/"(errorId|requestId|time|pid|hostname|durationMs|traceId)": ?("[^"]*"|[\d.]+)/g, '"$1": "…"')
    .replaceAll(/"errorIds": ?\[[^\]]*\]/g, '"errorIds": ["…"]')
    .replaceAll(/^(x-router-error-id): .*$/gim, '$1: …')
    .replaceAll(/^(?:date|connection|keep-alive|content-length|x-request-id): .*\n/gim, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** The guide of this name below `docs`. */
export async function readGuideFile(name: string): Promise<{ readonly path: string; readonly markdown: string }> {
  const path = join(REPOSITORY, 'docs', `${name}.md`);
  return { path, markdown: await readFile(path, 'utf8') };
}
