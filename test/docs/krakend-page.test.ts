/** KrakenD's two pages on backend errors and status codes, line by line, as far as a GraphQL router can keep them. */
import { afterEach, describe, expect, it } from 'vitest';
import { graphFiles } from '../corpus/corpus.ts';
import { type ExchangeReply, exchange, postOperation } from '../support/exchange.ts';
import { type RunningRouter, StartFailure, startRouter } from '../support/router.ts';
import { isRecord, type JsonRecord, type Script } from '../support/script.ts';
import { Fleet } from '../support/scripted-subgraph.ts';

const NOT_FOUND: Script = {
  reply: { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: '404 page not found\n' },
};
const EMPLOYEES: Script = { reply: { status: 200, body: '{"data":{"employees":[{"id":1}]}}' } };
const PRODUCTS: Script = { reply: { status: 200, body: '{"data":{"products":[{"upc":"u1"}]}}' } };
const BOTH = '{ employees { id } products { upc } }';

let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.toReversed()) await each.close();
  open = [];
});

async function start(subgraphs: Readonly<Record<string, Script>>, config: JsonRecord): Promise<RunningRouter> {
  const fleet = await Fleet.start(subgraphs);
  open.push(fleet);
  const shaping = { all: { retry: { enabled: false } } };
  const router = await startRouter({
    config: { log_level: 'silent', traffic_shaping: shaping, ...config },
    sdlFiles: graphFiles('roots'),
    urls: fleet.urls,
  });
  open.push(router);
  return router;
}

async function ask(subgraphs: Readonly<Record<string, Script>>, config: JsonRecord, query = BOTH): Promise<ExchangeReply> {
  return postOperation((await start(subgraphs, config)).url, { query });
}

function bodyOf({ body }: ExchangeReply): JsonRecord {
  const parsed: unknown = JSON.parse(body);
  if (!isRecord(parsed)) throw new Error(body);
  return parsed;
}

const details = {
  subgraph_error_propagation: {
    subgraphs: { employees: { return_error_details: 'backend_a' }, products: { return_error_details: 'backend_b' } },
  },
};

describe('return_error_details', () => {
  it("shows a failed backend's status and body beside the other's data, with status 200", async () => {
    const reply = await ask({ employees: EMPLOYEES, products: NOT_FOUND }, details);
    expect(reply.status).toBe(200);
    expect(bodyOf(reply)).toMatchObject({
      data: { employees: [{ id: 1 }], products: null },
      extensions: {
        error_backend_b: { http_status_code: 404, http_body: '404 page not found\n', http_body_encoding: 'text/plain; charset=utf-8' },
      },
    });
    expect(Object.keys(Object(bodyOf(reply)['extensions']))).toEqual(['error_backend_b']);
  });

  it('has no key when nothing failed', async () => {
    const body = bodyOf(await ask({ employees: EMPLOYEES, products: PRODUCTS }, details));
    expect(body).toEqual({ data: { employees: [{ id: 1 }], products: [{ upc: 'u1' }] } });
  });

  it('keeps status 200 when all backends fail', async () => {
    const reply = await ask({ employees: NOT_FOUND, products: NOT_FOUND }, details);
    expect(reply.status).toBe(200);
    expect(Object.keys(Object(bodyOf(reply)['extensions'])).toSorted()).toEqual(['error_backend_a', 'error_backend_b']);
  });

  it('has no body where there was no answer', async () => {
    const body = bodyOf(await ask({ employees: EMPLOYEES, products: { fault: 'refused' } }, details));
    expect(body['extensions']).toEqual({ error_backend_b: { http_status_code: 0 } });
  });

  it('cannot stand beside return_error_code, and says why', async () => {
    const both = { subgraph_error_propagation: { subgraphs: { products: { return_error_details: 'b', return_error_code: true } } } };
    const failure: unknown = await ask({ employees: EMPLOYEES, products: PRODUCTS }, both).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(StartFailure);
    expect(String(failure)).toMatch(/return_error_code.*return_error_details.*keep one/);
  });
});

describe('return_error_code', () => {
  const code = {
    subgraph_error_propagation: { subgraphs: { employees: { return_error_code: true }, products: { return_error_code: true } } },
  };

  it("gives the backend's status when it was the only fetch", async () => {
    expect((await ask({ employees: EMPLOYEES, products: NOT_FOUND }, code, '{ products { upc } }')).status).toBe(404);
  });

  it('keeps 200 beside the data of another backend', async () => {
    expect((await ask({ employees: EMPLOYEES, products: NOT_FOUND }, code)).status).toBe(200);
  });

  it('is off unless asked for', async () => {
    expect((await ask({ employees: EMPLOYEES, products: NOT_FOUND }, {}, '{ products { upc } }')).status).toBe(200);
  });
});

describe('status codes', () => {
  const krakend = { response: { all_failed_status: 500, completeness_header: 'X-Krakend-Completed' } };

  it('200: at least one backend succeeded; X-Krakend-Completed tells whether all did', async () => {
    const some = await ask({ employees: EMPLOYEES, products: NOT_FOUND }, krakend);
    expect([some.status, some.headers['x-krakend-completed']]).toEqual([200, ['false']]);
    const all = await ask({ employees: EMPLOYEES, products: PRODUCTS }, krakend);
    expect([all.status, all.headers['x-krakend-completed']]).toEqual([200, ['true']]);
  });

  it('500: every backend failed', async () => {
    const reply = await ask({ employees: NOT_FOUND, products: NOT_FOUND }, krakend);
    expect([reply.status, reply.headers['x-krakend-completed']]).toEqual([500, ['false']]);
  });

  it('400: the request is malformed', async () => {
    const { url } = await start({ employees: EMPLOYEES, products: PRODUCTS }, krakend);
    const reply = await exchange({ url, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":' });
    expect(reply.status).toBe(400);
  });

  it('404: there is no such endpoint', async () => {
    const { origin } = await start({ employees: EMPLOYEES, products: PRODUCTS }, krakend);
    expect((await exchange({ url: `${origin}/nowhere` })).status).toBe(404);
  });

  it('503: a failed backend that asks for patience, by the catalogue', async () => {
    const codes = { codes: { BUSY: { from: [{ status: 503 }], http_status: 503 } } };
    const busy: Script = { reply: { status: 503, headers: { 'retry-after': '7' }, body: 'busy' } };
    const reply = await ask(
      { employees: EMPLOYEES, products: busy },
      { subgraph_error_propagation: { catalogue: codes } },
      '{ products { upc } }',
    );
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, ['7']]);
  });

  it.todo('401: pending until there is authentication');
  it.todo('403: pending until there is authentication');
  it.todo('429: pending until there are rate limits');
});
