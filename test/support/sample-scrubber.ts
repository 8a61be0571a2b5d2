/** Scrubbers in which only what a test is about is switched on. */
import type { ScrubOptions } from '../../src/config/keys/error-scrub.ts';
import { createScrubber, type Scrubber } from '../../src/errors/scrub/scrubber.ts';

export const OFF: ScrubOptions['actions'] = {
  urls: 'off',
  hosts: 'off',
  ips: 'off',
  paths: 'off',
  stack_traces: 'off',
  sql: 'off',
  secrets: 'off',
  emails: 'off',
  cards: 'off',
};

export const SUFFIXES = ['.internal', '.svc', 'localhost'];

export function scrubber(actions: Partial<ScrubOptions['actions']>, custom: ScrubOptions['custom'] = []): Scrubber {
  const created = createScrubber({ actions: { ...OFF, ...actions }, internalSuffixes: SUFFIXES, custom, floor: [] });
  if (!created.ok || created.value === null) throw new Error('no scrubber');
  return created.value;
}
