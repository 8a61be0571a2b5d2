import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OFF, SUFFIXES, scrubber } from '../../../test/support/sample-scrubber.ts';
import type { BuiltInDetector, ScrubAction } from '../../config/keys/error-scrub.ts';
import { findEmails, findHosts, findIps, findPaths, findUrls } from './addresses.ts';
import { findAssignments, findElements, findEncodedAssignments } from './assignments.ts';
import { findCards } from './cards.ts';
import { findSql, findStackTraces } from './code.ts';
import { createScrubber } from './scrubber.ts';
import type { Finder } from './spans.ts';
import { findBearers, findKeys, findPems, findTokens } from './tokens.ts';
import { findDsns, findUserInfo } from './user-info.ts';

const scrub = (detector: BuiltInDetector, text: string, action: ScrubAction = 'mask'): string =>
  scrubber({ [detector]: action }).scrubText(text, () => {});

describe('createScrubber', () => {
  it.each<[BuiltInDetector, string, string]>([
    ['urls', 'GET https://pay.example.com:8443/v1?x=1 failed', 'GET *** failed'],
    ['urls', 'jdbc:postgresql://db/app?user=x', 'jdbc:***'],
    ['urls', 'a ://b c', 'a ://b c'],
    ['hosts', 'no route to db-1.prod.internal:5432.', 'no route to ***.'],
    ['hosts', 'localhost and mylocalhost and api.example.com', '*** and mylocalhost and api.example.com'],
    ['ips', 'connect ECONNREFUSED 10.0.0.12:5432', 'connect ECONNREFUSED ***'],
    ['ips', 'from fe80::1 or ::1, at 12:30:45, v1.2.3', 'from *** or ***, at 12:30:45, v1.2.3'],
    ['ips', 'std::vector 1.2.3.4.5', 'std::vector 1.2.3.4.5'],
    ['paths', 'open /etc/app/secret.yaml: no such file', 'open *** no such file'],
    ['paths', 'at (/srv/app/index.js:1:2), C:\\app\\x.dll, ./src/x, application/json, 1/2', 'at (***), ***, ***, application/json, 1/2'],
    [
      'stack_traces',
      'TypeError: x\n    at pay (/app/pay.js:10:5)\n    at com.acme.Pay.run(Pay.java:7)\nend',
      'TypeError: x\n***\n***\nend',
    ],
    ['stack_traces', 'Traceback (most recent call last):\n  File "a.py", line 3, in f\nValueError', '***\n***\nValueError'],
    ['stack_traces', 'goroutine 1 [running]:\n\tmain.go:12 +0x1d\n   at A.B() in C:\\a b.cs:line 10', '***\n***\n***'],
    ['stack_traces', 'at least one item is needed', 'at least one item is needed'],
    ['sql', 'failed: SELECT name FROM users WHERE id = 1', 'failed: ***'],
    ['sql', 'selection of items from a list', 'selection of items from a list'],
    ['secrets', 'token=abc123; password: "hunter2" user=bob', 'token=***; password: "***" user=bob'],
    ['secrets', 'Authorization: Bearer abcdef123456', 'Authorization: ***'],
    ['secrets', 'jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end', 'jwt *** end'],
    ['secrets', 'key AKIAIOSFODNN7EXAMPLE and sk_live_abcdefghijklmnop', 'key *** and ***'],
    ['secrets', 'key=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!', 'key=***!'],
    ['secrets', 'sent by 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.', 'sent by ***.'],
    ['secrets', 'US.SG.example.com, SG.example.com', 'US.SG.example.com, SG.example.com'],
    ['secrets', 'redis://user:pa55@cache:6379', 'redis://***@cache:6379'],
    ['secrets', '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nok', '***\nok'],
    ['secrets', 'The token is invalid', 'The token is invalid'],
    ['emails', 'no user ada.lovelace+x@mail.example.com.', 'no user ***.'],
    ['emails', '@ada: hi a@b', '@ada: hi a@b'],
    ['cards', 'card 4111 1111 1111 1111 declined', 'card *** declined'],
    ['cards', 'order 4111111111111112', 'order 4111111111111112'],
  ])('%s: %s', (detector, text, expected) => {
    expect(scrub(detector, text)).toBe(expected);
  });

  it('redacts the whole text when told to', () => {
    expect(scrub('emails', 'no user ada@example.com', 'redact')).toBe('[redacted]');
  });

  it('is nothing when everything is off', () => {
    expect(createScrubber({ actions: OFF, internalSuffixes: [], custom: [], floor: [] })).toEqual({ ok: true, value: null });
  });

  it('masks what custom patterns find and refuses patterns it cannot match', () => {
    const custom = scrubber({}, [{ name: 'ticket', pattern: 'T-\\d+', action: 'mask' }]);
    expect(custom.scrubText('see T-4711', () => {})).toBe('see ***');
    const broken = createScrubber({
      actions: OFF,
      internalSuffixes: [],
      custom: [{ name: 'x', pattern: '(?=a)', action: 'mask' }],
      floor: [],
    });
    expect(broken).toEqual({ ok: false, error: expect.stringContaining('custom pattern x look-ahead') });
  });

  it('goes through values, masks members that are secrets by name, and notes detectors only', () => {
    const notes: string[] = [];
    const value = { a: ['x@example.com', 1], apiKey: 'abc', nested: { password: { x: 1 } } };
    const scrubbed = scrubber({ emails: 'mask', secrets: 'mask' }).scrubValue(value, (detector) => notes.push(detector));
    expect(scrubbed).toEqual({ a: ['***', 1], apiKey: '***', nested: { password: '***' } });
    expect(notes).toEqual(['emails', 'secrets', 'secrets']);
  });

  const everything = scrubber(Object.fromEntries(Object.keys(OFF).map((name) => [name, 'mask'])));

  it('copies nothing that holds no finding', () => {
    const value = { a: ['x', 1, { b: null }], c: { d: 'y' } };
    expect(everything.scrubValue(value, () => {})).toBe(value);
    const found = everything.scrubValue({ a: value, ['__proto__']: 'x@example.com' }, () => {});
    expect(JSON.stringify(found)).toBe('{"a":{"a":["x",1,{"b":null}],"c":{"d":"y"}},"__proto__":"***"}');
  });

  it('looks closer at every text in which a finder would find something', () => {
    const all: Readonly<Record<string, readonly Finder[]>> = {
      urls: [findUrls],
      hosts: [findHosts(SUFFIXES)],
      ips: [findIps],
      paths: [findPaths],
      stack_traces: [findStackTraces],
      sql: [findSql],
      secrets: [findTokens, findKeys, findBearers, findAssignments, findEncodedAssignments, findElements, findUserInfo, findDsns, findPems],
      emails: [findEmails],
      cards: [findCards],
    };
    const part = fc.oneof(
      fc.constantFrom(
        'https://x',
        'db.internal',
        'localhost',
        '10.1.2.3',
        '::1',
        '/a/b',
        'C:\\x',
        'at x:1',
        'Caused by: ',
        'select',
        'from',
        'Bearer ',
        'abcdef',
        'token=',
        'eyJh',
        '.abcd',
        'AKIAIOSFODNN7EXAMPLE',
        'a@b.cd',
        '4111111111111111',
        '4111 1111',
        '-----BEGIN ',
        '\n',
        '\u00a0',
      ),
      fc.string({ maxLength: 2 }),
    );
    const text = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(...Object.keys(all)), (given, name) => {
        const notes: string[] = [];
        scrubber({ [name]: 'mask' }).scrubText(given, (detector) => notes.push(detector));
        expect(notes).toEqual(all[name]?.some((find) => find(given).length > 0) ? [name] : []);
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws, and finds nothing new in what it has scrubbed', () => {
    const word = fc.constantFrom(
      'https://x/',
      'a@b.cd',
      '10.0.0.1',
      'token=',
      'eyJ',
      '.',
      ' ',
      '\n',
      'at x (y:1)',
      '/a/b',
      '"',
      '4111111111111111',
      '=',
      ':',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(word, fc.string({ maxLength: 3 })), { maxLength: 20 }).map((parts) => parts.join('')),
        (text) => {
          expect(typeof everything.scrubText(text, () => {})).toBe('string');
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    'a',
    '@',
    'a@',
    'eyJ.',
    'SG.',
    '1',
    '1 ',
    '://',
    'a:',
    'select ',
    'password=',
    ' ',
    '\n',
    'at (',
    '/a',
    'bearer ',
    'password="',
    "password='a",
    'token=\\"',
    'token=[',
    'token: ',
    '<token>',
    'password,a',
    'token=a,b',
    'eyJa.b',
    'SG.',
    'sk-a',
    'a@tcp(',
    'token%3D',
    'token=%22',
    'token: &quot;',
    'AKIA ',
    'Bearer x',
    '://a:b@',
    '.',
    'at : in ',
    '-----BEGIN ',
  ])('takes linear time for a long text of %j', (unit) => {
    const time = (length: number): number => {
      const text = unit.repeat(length / unit.length);
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        everything.scrubText(text, () => {});
        return performance.now() - start;
      });
      return Math.min(...times);
    };
    // Ten times the text: a hundred times the work if it were quadratic.
    expect(time(200_000)).toBeLessThan(40 * Math.max(time(20_000), 1));
  });
});
