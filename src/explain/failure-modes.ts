/** Ways to fail, as replies: what `candor errors test` asks every policy about. */
import type { RouterConfig } from '../config/schema.ts';
import { type CapturedFetch, httpReply, TRANSPORT_FAILURES, transportFailure } from './captured-fetch.ts';

/** A failure of any subgraph. Names are stable: golden files are kept by them. */
export interface FailureMode {
  readonly name: string;
  readonly fetch: Omit<CapturedFetch, 'subgraph'>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = '<html><head><title>502 Bad Gateway</title></head><body>nginx/1.25.3</body></html>';

type Rest = Partial<Omit<CapturedFetch, 'reply' | 'subgraph'>>;

/** A root fetch of `field`, unless said otherwise. */
const http = (
  name: string,
  status: number,
  body: string | object,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
  rest: Rest = {},
): FailureMode => ({
  name,
  fetch: { path: ['field'], reply: httpReply(status, headers, typeof body === 'string' ? body : JSON.stringify(body)), ...rest },
});

const error = (more: object = {}): object => ({ message: 'Something failed in the resolver', path: ['field'], ...more });

const graphql = (name: string, errors: readonly unknown[], data: unknown = { field: null }, status = 200, rest: Rest = {}): FailureMode =>
  http(name, status, { errors, data }, JSON_TYPE, rest);

const ENTITIES: Rest = { path: ['items', 0], entities: true, count: 3 };
const THREE = [{ field: 1 }, { field: null }, { field: 3 }];

/** What no client should ever read, in one message. */
const SENSITIVE =
  'connect to http://billing.internal:8080/v1/pay?user=7 (10.1.2.3) failed for jane@example.com, password=hunter2, ' +
  'token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlc2lnbmF0dXJl, SELECT * FROM users WHERE id = 7';

const STACK = [
  'Error: boom',
  '    at resolve (/srv/app/resolvers.js:10:5)',
  '    at execute (/srv/app/node_modules/graphql/execute.js:20:9)',
];

/** The same for every policy. */
const BUILT_IN: readonly FailureMode[] = [
  graphql('graphql error with a code', [error({ extensions: { code: 'SOME_CODE' } })]),
  graphql('graphql error without a code', [error()]),
  graphql('graphql error with many extensions', [
    error({
      extensions: {
        code: 'SOME_CODE',
        traceId: 'abc',
        exception: { name: 'Error' },
        serviceName: 'other',
        statusCode: 500,
        errorId: 'mine',
      },
    }),
  ]),
  graphql('graphql error that plays the router', [
    error({
      extensions: { code: 'SOME_CODE', http: { status: 503, headers: { 'set-cookie': 'x=1' } }, retryable: true, origin: 'client' },
    }),
  ]),
  graphql('graphql error with a stack trace', [error({ extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: STACK } })]),
  graphql('graphql error with secrets and addresses', [error({ message: SENSITIVE })]),
  graphql('graphql error with locations', [error({ locations: [{ line: 1, column: 3 }] })]),
  graphql('graphql error with further members', [error({ userId: '1234', status: 404 })]),
  graphql('graphql error without a path', [{ message: 'Something failed in the resolver', extensions: { code: 'SOME_CODE' } }]),
  graphql('graphql error with a numeric code', [error({ extensions: { code: 42 } })]),
  graphql('graphql errors with different codes', [error({ extensions: { code: 'A' } }), error({ extensions: { code: 'B' } })]),
  graphql('graphql error beside data', [error({ extensions: { code: 'SOME_CODE' } })], { field: 1 }),
  graphql('graphql error without data', [error({ extensions: { code: 'SOME_CODE' } })], null),
  graphql('graphql error with status 500', [error({ extensions: { code: 'SOME_CODE' } })], null, 500),
  graphql('graphql error with status 401', [error({ extensions: { code: 'UNAUTHENTICATED' } })], null, 401),
  graphql('graphql error of a mutation', [error({ extensions: { code: 'SOME_CODE' } })], null, 200, { operationType: 'mutation' }),
  graphql(
    'graphql error of one entity',
    [{ message: 'Something failed in the resolver', path: ['_entities', 1, 'field'] }],
    { _entities: THREE },
    200,
    ENTITIES,
  ),
  graphql('graphql error of all entities', [{ message: 'Something failed in the resolver' }], null, 200, ENTITIES),
  graphql('malformed entries among errors', [null, 'text', { message: 5, path: 'field', extensions: 'x' }, error()]),
  graphql(
    'sixty errors',
    Array.from({ length: 60 }, (_, i) => ({ message: `Error ${i + 1}`, path: ['field'] })),
  ),
  graphql('a long message', [error({ message: 'x'.repeat(3000) })]),
  http('errors that are no list', 200, { errors: { message: 'x' }, data: { field: 1 } }),
  http('empty body', 200, ''),
  http('empty body with status 503', 503, '', { 'retry-after': '7' }),
  http('not JSON', 200, 'OK', { 'content-type': 'text/plain' }),
  http('not GraphQL', 200, { status: 'ok' }),
  http('status 400', 400, '{"error":"bad request"}'),
  http('status 401', 401, 'Unauthorized', { 'content-type': 'text/plain' }),
  http('status 403', 403, 'Forbidden', { 'content-type': 'text/plain' }),
  http('status 404', 404, '404 page not found\n', { 'content-type': 'text/plain' }),
  http('status 429 with Retry-After', 429, 'Too Many Requests', { 'content-type': 'text/plain', 'retry-after': '30' }),
  http('status 500', 500, '{"error":"boom"}'),
  http('status 502 from a proxy', 502, HTML, { 'content-type': 'text/html' }),
  http('status 503 with Retry-After', 503, 'Unavailable', { 'content-type': 'text/plain', 'retry-after': '120' }),
  http('status 500 of a mutation', 500, '{"error":"boom"}', JSON_TYPE, { operationType: 'mutation' }),
  http('redirect', 302, '', { location: 'http://login.internal/' }),
  http('too few entities', 200, { data: { _entities: [{ field: 1 }] } }, JSON_TYPE, ENTITIES),
  http('status 500 for entities', 500, '{"data":{"_entities":[null,null,null]}}', JSON_TYPE, ENTITIES),
  ...TRANSPORT_FAILURES.filter((failure) => failure !== 'cancelled').map(
    (failure): FailureMode => ({
      name: `transport: ${failure}`,
      fetch: { path: ['field'], reply: transportFailure(failure, null, failure === 'circuit_open' ? 5 : null) },
    }),
  ),
  { name: 'transport: timeout of a mutation', fetch: { path: ['field'], operationType: 'mutation', reply: transportFailure('timeout') } },
  {
    name: 'transport: unreachable, of a mutation',
    fetch: { path: ['field'], operationType: 'mutation', reply: transportFailure('unreachable') },
  },
  { name: 'transport: unreachable, for entities', fetch: { ...ENTITIES, reply: transportFailure('unreachable') } },
];

/** The built-in modes, and one for every code that the policy itself speaks of. */
export function failureModes(config: RouterConfig): readonly FailureMode[] {
  const codes = [...new Set(codesOf(config))].toSorted();
  return [...BUILT_IN, ...codes.map((code) => graphql(`graphql error with the code ${code}`, [error({ extensions: { code } })]))];
}

function codesOf({ subgraphErrorPropagation: block }: RouterConfig): readonly string[] {
  const rules = [
    ...block.rules,
    ...[...block.subgraphs.values()].flatMap((each) => each.rules ?? []),
    ...block.audiences.flatMap((each) => each.rules ?? []),
  ];
  const sources = [...block.catalogue.codes.values()].flatMap(({ from }) => from);
  return [...rules.map(({ when }) => when), ...sources].flatMap(({ code }) => code ?? []);
}
