import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE, failureCode, isRetryable } from './catalogue.ts';
import { errorsPage } from './catalogue-page.ts';

describe('errorsPage', () => {
  it('is what stands in docs', () => {
    const { path, content } = errorsPage();
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(content);
  });

  it('tells of every code once', () => {
    const { content } = errorsPage();
    for (const code of Object.keys(CATALOGUE)) expect(content.split(`### ${code}\n`)).toHaveLength(2);
  });
});

describe('isRetryable', () => {
  it.each([
    ['timeout', null, true],
    ['too_large', 200, false],
    ['http_status', 408, true],
    ['http_status', 429, true],
    ['http_status', 404, false],
    ['http_status', 503, true],
    ['empty', 502, true],
    ['empty', 200, false],
    ['empty', 429, false],
    ['invalid_json', 200, false],
  ] as const)('%s with status %s: %s', (kind, status, expected) => {
    expect(isRetryable(kind, status)).toBe(expected);
  });
});

describe('failureCode', () => {
  it('knows a documented code for every kind', () => {
    expect(failureCode('merge_conflict')).toBe('SUBGRAPH_INVALID_RESPONSE');
    expect(Object.hasOwn(CATALOGUE, failureCode('cancelled'))).toBe(true);
  });
});
