/**
 * Runs `candor` commands that a shell types, without a process for each: starting one costs a second, and guides have dozens.
 *
 * The shell finds a script of the name that hands its words to this process and gives back what the command prints, and its exit code.
 */
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { runCli } from '../../src/cli/index.ts';

export interface CommandHost {
  /** Puts the script into a folder of the `PATH`. */
  install(folder: string): Promise<void>;
  close(): Promise<void>;
}

/** `socket` is a path for a local socket; commands run one after the other, each in the shell's folder and environment. */
export async function openCommandHost(socket: string): Promise<CommandHost> {
  let last: Promise<unknown> = Promise.resolve();
  const server = createServer((request, response) => {
    const turn = last
      .then(() => runFor(request))
      .catch((error: unknown) => {
        process.stderr.write(`candor: the command threw: ${error instanceof Error ? error.stack : String(error)}\n`);
        return THREW;
      });
    last = turn;
    void turn.then((code) => response.writeHead(200 + code).end());
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    async install(folder) {
      const file = join(folder, 'candor');
      await writeFile(file, SCRIPT.replace('SOCKET', socket));
      await chmod(file, 0o755);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** No exit code of a command: an error of its own, or of this host. */
const THREW = 99;

/** Words and variables end with a zero byte, which neither can hold. */
const SCRIPT = `#!/bin/bash
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
code=$({ printf '%s\\0' "$PWD" "$out" "$#" "$@"; env -0; } | curl -s --unix-socket 'SOCKET' --data-binary @- -w '%{http_code}' http://candor/)
cat "$out/stdout"
cat "$out/stderr" >&2
exit $((code - 200))
`;

async function runFor(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const [folder = '', out = '', count = '0', ...rest] = Buffer.concat(chunks).toString().split('\0').slice(0, -1);
  const argv = rest.slice(0, Number(count));
  const environment = rest.slice(Number(count)).map((entry) => {
    const end = entry.indexOf('=');
    return [entry.slice(0, end), entry.slice(end + 1)] as const;
  });
  const said = { stdout: '', stderr: '' };
  const code = await within(folder, Object.fromEntries(environment), () =>
    runCli(argv, {
      out: (text) => void (said.stdout += text),
      problem: (line) => void (said.stderr += `candor: ${line}\n`),
    }),
  );
  await writeFile(join(out, 'stdout'), said.stdout);
  await writeFile(join(out, 'stderr'), said.stderr);
  return code;
}

async function within<T>(folder: string, environment: NodeJS.ProcessEnv, action: () => Promise<T>): Promise<T> {
  const [oldFolder, oldEnvironment] = [process.cwd(), process.env];
  process.chdir(folder);
  process.env = environment;
  try {
    return await action();
  } finally {
    process.chdir(oldFolder);
    process.env = oldEnvironment;
  }
}
