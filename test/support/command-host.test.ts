import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCommandHost } from './command-host.ts';

function send(socketPath: string, words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method: 'POST' }, (response) => resolve(response.resume().statusCode ?? 0));
    outgoing.on('error', reject).end(words.map((word) => `${word}\0`).join(''));
  });
}

it('answers also when a command throws, and runs the next one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'command-host-'));
  const socket = join(folder, 'socket');
  const host = await openCommandHost(socket);
  const codes = [
    await send(socket, [join(folder, 'nowhere'), folder, '1', '--version']),
    await send(socket, [folder, folder, '1', '--version']),
  ];
  expect(codes).toEqual([299, 200]);
  expect(await readFile(join(folder, 'stdout'), 'utf8')).toMatch(/^\d+\.\d+\.\d+/);
  await host.close();
  await rm(folder, { recursive: true });
});
