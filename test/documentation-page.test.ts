/**
 * Cosmo's documentation page "Subgraph Error Propagation", example by example, over the demo subgraphs and in both profiles.
 *
 * Where the page shows an older wording than today's Cosmo, today's is the default here; the page's own is reached by configuration.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_NAMES, schemaPath } from '../subgraphs/server.ts';
import { ANY_PORT, type Demo, startDemo } from '../subgraphs/start.ts';
import { postOperation } from './support/exchange.ts';
import { type RunningRouter, startRouter } from './support/router.ts';
import { isRecord, type JsonRecord } from './support/script.ts';

type Profile = 'cosmo' | 'none';

const FAILING_FIELD = '{ employees { id rootFieldThrowsError } }';

let demo: Demo;
const routers: RunningRouter[] = [];

beforeAll(async () => {
  demo = await startDemo(ANY_PORT);
});

afterAll(async () => {
  await Promise.all(routers.map((router) => router.close()));
  await demo.close();
});

/** Asks a router with this error propagation; `fault` is what the demo's subgraphs shall do. */
async function ask(profile: Profile, propagation: JsonRecord, query = FAILING_FIELD, fault = '', dev = false): Promise<JsonRecord> {
  const router = await startRouter({
    config: {
      compatibility: profile,
      dev_mode: dev,
      log_level: 'silent',
      subgraph_error_propagation: propagation,
      headers: { all: { request: [{ op: 'propagate', named: 'x-fault' }] } },
      traffic_shaping: { all: { retry: { enabled: false } } },
    },
    sdlFiles: Object.fromEntries(DEMO_NAMES.map((name) => [name, fileURLToPath(schemaPath(name))])),
    urls: demo.urls,
  });
  routers.push(router);
  const reply = await postOperation(router.url, { query }, fault === '' ? {} : { 'x-fault': fault });
  expect(reply.status).toBe(200);
  const body: unknown = JSON.parse(reply.body, (key, value: unknown) => (key === 'errorId' ? undefined : value));
  if (!isRecord(body)) throw new Error(`not an object: ${reply.body}`);
  return body;
}

const errorsOf = async (...args: Parameters<typeof ask>): Promise<unknown> => (await ask(...args))['errors'];

/** The subgraph's own error as its clients see it inside a wrapper. */
const inner = {
  message: 'error resolving RootFieldThrowsError for Employee 12',
  path: ['employees', 9, 'rootFieldThrowsError'],
  extensions: { code: 'ERROR_CODE' },
  userId: '1234',
};

/** In the default profile without members that nobody has allowed. */
const innerOwn = { message: inner.message, path: inner.path, extensions: inner.extensions };

/** What the default profile adds to a wrapper: its place, and the code that its errors share. */
const place = { path: inner.path };
const code = { code: 'ERROR_CODE' };

const message = "Failed to fetch from Subgraph 'employees'.";

describe('wrapped mode, default configuration', () => {
  const propagation = { mode: 'wrapped', allowed_extension_fields: ['code'] };

  it('as Cosmo answers today', async () => {
    expect(await errorsOf('cosmo', propagation)).toEqual([{ message, extensions: { errors: [inner], serviceName: 'employees' } }]);
  });

  it('in the default profile', async () => {
    expect(await errorsOf('none', propagation)).toEqual([
      { message, ...place, extensions: { errors: [innerOwn], serviceName: 'employees', ...code } },
    ]);
  });

  it.each(['cosmo', 'none'] as const)('keeps the data of everybody else (%s)', async (profile) => {
    const { data } = await ask(profile, propagation);
    expect(data).toEqual({ employees: [1, 2, 3, 4, 5, 7, 8, 10, 11, 12].map((id) => ({ id, rootFieldThrowsError: null })) });
  });

  it('without the service name, as the page shows it', async () => {
    expect(await errorsOf('cosmo', { ...propagation, attach_service_name: false })).toEqual([{ message, extensions: { errors: [inner] } }]);
  });
});

describe('wrapped mode, extended configuration', () => {
  const propagation = {
    mode: 'wrapped',
    default_extension_code: 'DOWNSTREAM_SERVICE_ERROR',
    omit_extensions: false,
    propagate_status_codes: true,
    omit_locations: true,
    attach_service_name: true,
    allow_all_extension_fields: false,
    allowed_extension_fields: ['code'],
  };
  const extensions = { serviceName: 'employees', statusCode: 200, errors: [inner] };
  const extensionsOwn = { ...extensions, ...code, errors: [innerOwn] };

  it('as Cosmo answers today', async () => {
    expect(await errorsOf('cosmo', propagation)).toEqual([{ message, extensions }]);
  });

  it('in the default profile', async () => {
    expect(await errorsOf('none', propagation)).toEqual([{ message, ...place, extensions: extensionsOwn }]);
  });

  const worded = { ...propagation, message: "Failed to fetch from Subgraph '{subgraph}' at path '{field_path}'." };
  const wording = "Failed to fetch from Subgraph 'employees' at path 'query.employees.@'.";

  it("in the page's own wording", async () => {
    expect(await errorsOf('cosmo', worded)).toEqual([{ message: wording, extensions }]);
    expect(await errorsOf('none', worded)).toEqual([{ message: wording, ...place, extensions: extensionsOwn }]);
  });

  it.each(['cosmo', 'none'] as const)('with employees null, when a required field fails (%s)', async (profile) => {
    const body = await ask(profile, worded, '{ employees: staff { id requiredFieldThrowsError } }');
    expect(body['data']).toEqual({ employees: null });
    expect(body['errors']).toEqual([expect.objectContaining({ message: wording })]);
  });
});

describe('wrapped mode, avoiding to expose any information', () => {
  const propagation = { mode: 'wrapped', omit_extensions: true };

  it('leaves the message alone', async () => {
    expect(await errorsOf('cosmo', propagation)).toEqual([{ message }]);
  });

  it('leaves message and place in the default profile', async () => {
    expect(await errorsOf('none', propagation)).toEqual([{ message, ...place }]);
  });
});

describe('pass-through mode', () => {
  const propagation = {
    mode: 'pass-through',
    attach_service_name: true,
    allow_all_extension_fields: false,
    allowed_extension_fields: ['code'],
    allowed_fields: ['userId'],
  };
  const passed = { ...inner, extensions: { code: 'ERROR_CODE', serviceName: 'employees' } };

  it.each(['cosmo', 'none'] as const)('propagates selected fields (%s)', async (profile) => {
    expect(await errorsOf(profile, propagation)).toEqual([passed]);
  });

  it.each(['cosmo', 'none'] as const)('always propagates message and path, and nothing unasked (%s)', async (profile) => {
    const { userId: _userId, ...unasked } = passed;
    expect(await errorsOf(profile, { ...propagation, allowed_fields: [] })).toEqual([unasked]);
  });

  it.each(['cosmo', 'none'] as const)('omits extensions, whatever else allows them (%s)', async (profile) => {
    const omitted = { ...propagation, omit_extensions: true, allow_all_extension_fields: true };
    const { extensions: _extensions, ...rest } = passed;
    expect(await errorsOf(profile, omitted)).toEqual([rest]);
  });

  it.each(['cosmo', 'none'] as const)('propagates all extension fields (%s)', async (profile) => {
    const { allowed_extension_fields: _fields, ...others } = propagation;
    expect(await errorsOf(profile, { ...others, allow_all_extension_fields: true })).toEqual([
      { ...passed, extensions: { ...passed.extensions, foo: 'bar' } },
    ]);
  });

  it.each(['cosmo', 'none'] as const)('keeps valid locations when asked to (%s)', async (profile) => {
    expect(await errorsOf(profile, { ...propagation, omit_locations: false })).toEqual([
      { ...passed, locations: [{ line: expect.any(Number), column: expect.any(Number) }] },
    ]);
  });

  it.each(['cosmo', 'none'] as const)('lets omit_locations overrule allowed_fields (%s)', async (profile) => {
    expect(await errorsOf(profile, { ...propagation, allowed_fields: ['userId', 'locations'] })).toEqual([passed]);
  });
});

describe('fallback status code errors', () => {
  const teapot = "418: I'm a teapot";

  describe.each(['html=418', 'status=418', 'not-graphql=418'])('%s', (fault) => {
    it('names the status', async () => {
      expect(await errorsOf('cosmo', {}, FAILING_FIELD, fault)).toEqual([{ message: teapot }]);
      expect(await errorsOf('none', {}, FAILING_FIELD, fault)).toEqual([
        { message: teapot, path: ['employees'], extensions: { code: 'SUBGRAPH_HTTP_ERROR', serviceName: 'employees' } },
      ]);
    });

    it('keeps the status code as an extension when enabled', async () => {
      const propagation = { propagate_status_codes: true };
      expect(await errorsOf('cosmo', propagation, FAILING_FIELD, fault)).toEqual([{ message: teapot, extensions: { statusCode: 418 } }]);
      expect(await errorsOf('none', propagation, FAILING_FIELD, fault)).toEqual([
        { message: teapot, path: ['employees'], extensions: { code: 'SUBGRAPH_HTTP_ERROR', serviceName: 'employees', statusCode: 418 } },
      ]);
    });
  });
});

describe('development mode', () => {
  it.each(['cosmo', 'none'] as const)('is as verbose as possible (%s)', async (profile) => {
    const [wrapper] = [await errorsOf(profile, {}, FAILING_FIELD, '', true)].flat();
    expect(wrapper).toMatchObject({
      extensions: {
        statusCode: 200,
        serviceName: 'employees',
        errors: [{ ...(profile === 'cosmo' ? inner : innerOwn), locations: [{ line: 1 }] }],
      },
    });
  });
});
