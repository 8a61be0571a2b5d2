/** No leak (the error layer's invariant 3): what the effective policy does not allow appears nowhere in a response. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUILT_IN_DETECTORS } from '../../src/config/keys/error-scrub.ts';
import { classifyReply } from '../../src/errors/classify.ts';
import { placeErrors } from '../../src/errors/locate.ts';
import type { FetchExchange, SubgraphReply } from '../../src/errors/model.ts';
import type { ExecutionOutcome } from '../../src/execute/outcome.ts';
import { compileResponsePolicy } from '../../src/respond/policy.ts';
import { respond } from '../../src/respond/respond.ts';
import { NO_PLACES, rootSite } from '../support/sample-exchange.ts';
import { sampleConfig } from '../support/sample-policy.ts';

const RUNS = process.env.CI ? 10_000 : 1_000;

/** Texts of every kind that must not get out, each made unmistakable by a mark. */
const SECRETS = {
  url: 'https://canary-url.internal:8443/graphql?token=1',
  ip: '10.20.30.41',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJqd3QifQ.c2lnbmF0dXJlLWNhbmFyeQ',
  stack: 'at canaryFrame (/srv/canary/app.js:12:34)',
  sql: "SELECT canary_column FROM canary_table WHERE id = 'x'",
  email: 'canary@example.com',
  card: '4111 1111 1111 1111',
} as const;

/** What of each secret must be gone: the part that tells something. */
const MARKS: Readonly<Record<keyof typeof SECRETS, string>> = {
  url: 'canary-url.internal',
  ip: '10.20.30.41',
  jwt: 'c2lnbmF0dXJlLWNhbmFyeQ',
  stack: 'canaryFrame',
  sql: 'canary_table',
  email: 'canary@example.com',
  card: '4111 1111 1111 1111',
};

const REAL_NAME = 'canary-subgraph';
const EXTENSION_KEYS = ['code', 'alpha', 'beta', 'gamma', 'http', 'errorId', 'serviceName', 'statusCode', 'stacktrace'] as const;
const TOP_KEYS = ['userId', 'debug', 'secret'] as const;

interface Case {
  readonly mode: 'wrapped' | 'pass-through';
  readonly enabled: boolean;
  readonly omitExtensions: boolean;
  readonly allowAll: boolean;
  readonly allowed: readonly string[];
  readonly allowedFields: readonly string[];
  readonly redact: boolean;
  readonly scrub: boolean;
  readonly attachServiceName: boolean;
  readonly secret: keyof typeof SECRETS;
  readonly reply: 'errors' | 'html' | 'json' | 'status' | 'shape' | 'timeout';
}

const arbitraryCase: fc.Arbitrary<Case> = fc.record({
  mode: fc.constantFrom('wrapped' as const, 'pass-through' as const),
  enabled: fc.boolean(),
  omitExtensions: fc.boolean(),
  allowAll: fc.boolean(),
  allowed: fc.subarray(EXTENSION_KEYS.filter((key) => key !== 'http' && key !== 'errorId')),
  // `secret` is never listed.
  allowedFields: fc.subarray(TOP_KEYS.filter((key) => key !== 'secret')),
  redact: fc.boolean(),
  scrub: fc.boolean(),
  attachServiceName: fc.boolean(),
  secret: fc.constantFrom(...(Object.keys(SECRETS) as (keyof typeof SECRETS)[])),
  reply: fc.constantFrom('errors', 'errors', 'errors', 'html', 'json', 'status', 'shape', 'timeout'),
});

const configOf = (made: Case) =>
  sampleConfig({
    subgraph_error_propagation: {
      mode: made.mode,
      enabled: made.enabled,
      omit_extensions: made.omitExtensions,
      allow_all_extension_fields: made.allowAll,
      allowed_extension_fields: made.allowed,
      allowed_fields: made.allowedFields,
      attach_service_name: made.attachServiceName,
      propagate_status_codes: true,
      ...(made.redact && { redacted_message: 'Not available.' }),
      ...(made.scrub && { scrub: Object.fromEntries(BUILT_IN_DETECTORS.map((detector) => [detector, 'redact'])) }),
      subgraphs: { [REAL_NAME]: { alias: 'shop' } },
    },
  });

/** Policies are few and slow to load; replies are many. */
const policies = new Map<string, ReturnType<typeof compileResponsePolicy>>();

function policyFor(made: Case): ReturnType<typeof compileResponsePolicy> {
  const { secret: _secret, reply: _reply, ...options } = made;
  const key = JSON.stringify(options);
  let policy = policies.get(key);
  if (policy === undefined) policies.set(key, (policy = compileResponsePolicy(configOf(made))));
  return policy;
}

const mark = (place: string): string => `<${place}-mark>`;

function replyFor({ reply, secret }: Case): SubgraphReply {
  const text = SECRETS[secret];
  const headers = { 'x-internal': mark('header'), 'set-cookie': `a=${mark('cookie')}`, server: text };
  const http = (status: number, body: string): SubgraphReply => ({ kind: 'response', status, headers, body, attempts: 1, durationMs: 1 });
  if (reply === 'html') return http(200, `<html>${mark('body')} ${text}</html>`);
  if (reply === 'status') return http(500, `${mark('body')} ${text}`);
  if (reply === 'json') return http(200, `{"data": ${mark('body')} ${text}`);
  if (reply === 'shape') return http(200, JSON.stringify({ state: `${mark('body')} ${text}` }));
  if (reply === 'timeout') {
    return {
      kind: 'failure',
      failure: 'timeout',
      status: null,
      sent: true,
      retryAfterSeconds: null,
      cause: new Error(`${mark('body')} ${text}`),
      attempts: 1,
      durationMs: 1,
    };
  }
  const extensions = Object.fromEntries(EXTENSION_KEYS.map((key) => [key, `${mark(key)} ${text}`]));
  const tops = Object.fromEntries(TOP_KEYS.map((key) => [key, mark(key)]));
  return http(
    200,
    JSON.stringify({ data: { me: null }, errors: [{ message: `${mark('message')} ${text}`, path: ['me'], extensions, ...tops }] }),
  );
}

function answerFor(made: Case): string {
  const reply = replyFor(made);
  const classified = classifyReply(reply, { kind: 'root' }, 'none');
  const site = rootSite({ subgraph: REAL_NAME });
  const exchange: FetchExchange = {
    subgraph: REAL_NAME,
    operationType: 'query',
    reply,
    classified,
    sites: [{ site, places: NO_PLACES }],
    requestBody: mark('request'),
  };
  const outcome: ExecutionOutcome = {
    data: '{"me":null}',
    errors: placeErrors(exchange, { profile: 'none' }),
    unlistedErrors: 0,
    exchanges: [exchange],
    delivered: false,
    complete: false,
    cancelled: false,
    bug: null,
  };
  const facts = {
    audience: 'public',
    operationName: null,
    nextErrorId: () => 'id',
    mediaType: 'application/json' as const,
    extensions: null,
  };
  const { status, headers, body } = respond(outcome, policyFor(made), facts);
  return JSON.stringify([status, headers, body]);
}

/** What the policy lets through, said again in the words of the specification. */
function expectNoLeak(made: Case): void {
  const answer = answerFor(made);
  const showsEntries = made.enabled && (made.mode === 'pass-through' || !made.omitExtensions);
  const has = (place: string): boolean => answer.includes(mark(place));
  for (const place of ['header', 'cookie', 'body', 'request', 'http']) expect(has(place), place).toBe(false);
  expect(answer, 'the real name under an alias').not.toContain(REAL_NAME);
  if (!showsEntries || made.redact) expect(has('message'), 'message').toBe(false);
  for (const key of EXTENSION_KEYS) {
    const isAllowed = !made.omitExtensions && !isReserved(key, made) && (made.allowAll || made.allowed.includes(key));
    // A wrapper carries the code that its errors share, wherever `code` is allowed.
    const isShown = isAllowed && (showsEntries || key === 'code');
    if (!isShown) expect(has(key), `extensions.${key}`).toBe(false);
  }
  for (const key of TOP_KEYS) if (!showsEntries || !made.allowedFields.includes(key)) expect(has(key), key).toBe(false);
  if (made.scrub) expect(answer, made.secret).not.toContain(MARKS[made.secret]);
  // What is allowed does get out: a policy that hides everything would pass all of the above.
  if (made.reply === 'errors' && showsEntries && !made.scrub) {
    expect(has('message')).toBe(!made.redact);
    for (const key of made.allowedFields) expect(has(key), key).toBe(true);
  }
}

/** What only the router says, nested or not, wherever it does say it; a subgraph's own never shows. */
function isReserved(key: string, { attachServiceName }: Case): boolean {
  return key === 'http' || key === 'errorId' || key === 'statusCode' || (key === 'serviceName' && attachServiceName);
}

describe('nothing leaks', { timeout: 240_000 }, () => {
  it('that the effective policy does not allow (3)', () => {
    fc.assert(fc.property(arbitraryCase, expectNoLeak), { numRuns: RUNS });
  });
});
