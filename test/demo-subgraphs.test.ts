import { composeServices, compositionHasErrors } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FAULT_KINDS, parseFault } from '../subgraphs/faults.ts';
import { DEMO_NAMES, type DemoName, readSchema } from '../subgraphs/server.ts';
import { ANY_PORT, type Demo, startDemo } from '../subgraphs/start.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo(ANY_PORT);
});
afterAll(() => demo.close());

const post = (name: DemoName, query: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(demo.urls[name], {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });

const ask = async (name: DemoName, query: string): Promise<unknown> => (await post(name, query)).json();

describe('demo schemas', () => {
  it('compose', () => {
    const services = DEMO_NAMES.map((name) => ({ name, typeDefs: parse(readSchema(name)), url: 'http://localhost' }));
    const result = composeServices(services);
    expect(compositionHasErrors(result) ? result.errors.map(String) : []).toEqual([]);
  });

  it.each(DEMO_NAMES)('%s answers _service with its own file', async (name) => {
    expect(await ask(name, '{ _service { sdl } }')).toEqual({ data: { _service: { sdl: readSchema(name) } } });
  });
});

describe('demo subgraphs', () => {
  it('has ten employees, 12 at index 9', async () => {
    expect(await ask('employees', '{ employees { id } }')).toEqual({
      data: { employees: [1, 2, 3, 4, 5, 7, 8, 10, 11, 12].map((id) => ({ id })) },
    });
  });

  it('fails for employee 12 with a key beside message and path', async () => {
    expect(await ask('employees', '{ employees { rootFieldThrowsError } }')).toMatchObject({
      data: { employees: expect.arrayContaining([{ rootFieldThrowsError: null }]) },
      errors: [
        {
          message: 'error resolving RootFieldThrowsError for Employee 12',
          path: ['employees', 9, 'rootFieldThrowsError'],
          extensions: { code: 'ERROR_CODE', foo: 'bar' },
          userId: '1234',
        },
      ],
    });
  });

  it('loses a list to one failing required field', async () => {
    expect(await ask('employees', '{ staff { id requiredFieldThrowsError } }')).toMatchObject({
      data: { staff: null },
      errors: [{ path: ['staff', 9, 'requiredFieldThrowsError'] }],
    });
  });

  it('resolves entities, and null for an unknown one', async () => {
    const query =
      '{ _entities(representations: [{__typename:"Employee",id:3},{__typename:"Employee",id:6}]) { ... on Employee { id fieldThrowsError products } } }';
    expect(await ask('products', query)).toMatchObject({
      data: { _entities: [{ id: 3, fieldThrowsError: null, products: ['CONSULTANCY', 'MARKETING'] }, null] },
      errors: [{ message: 'error resolving FieldThrowsError for Employee 3', path: ['_entities', 0, 'fieldThrowsError'] }],
    });
  });

  it('resolves interfaces, unions and required fields', async () => {
    expect(await ask('hobbies', '{ allHobbies { __typename ... on Flying { employees { id } } } }')).toMatchObject({
      data: { allHobbies: expect.arrayContaining([{ __typename: 'Flying', employees: [{ id: 4 }] }, { __typename: 'Exercise' }]) },
    });
    expect(await ask('products', '{ productTypes { __typename ... on Router { maintainer { id startDate } } } }')).toMatchObject({
      data: { productTypes: [{ __typename: 'Consultancy' }, { __typename: 'Router', maintainer: { id: 2, startDate: '2022-07-01' } }, {}] },
    });
    const derived =
      '{ _entities(representations: [{__typename:"Employee",id:1,currentMood:"HAPPY"}]) { ... on Employee { derivedMood } } }';
    expect(await ask('employees', derived)).toEqual({ data: { _entities: [{ derivedMood: 'HAPPY' }] } });
  });

  it('keeps what a mutation changed, and only for its own server', async () => {
    const other = await startDemo(ANY_PORT);
    try {
      expect(await ask('employees', 'mutation { updateEmployeeTag(id: 2, tag: "lead") { id tag } }')).toEqual({
        data: { updateEmployeeTag: { id: 2, tag: 'lead' } },
      });
      expect(await ask('employees', '{ employee(id: 2) { tag } }')).toEqual({ data: { employee: { tag: 'lead' } } });
      const elsewhere = await fetch(other.urls.employees, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ employee(id: 2) { tag } }' }),
      });
      expect(await elsewhere.json()).toEqual({ data: { employee: { tag: '' } } });
    } finally {
      await other.close();
    }
  });

  it('refuses a taken port and leaves nothing running', async () => {
    const taken = demo.subgraphs[0]?.port ?? 0;
    await expect(startDemo({ ...ANY_PORT, hobbies: taken })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('x-fault', () => {
  const fault = (header: string): Promise<Response> => post('products', '{ productTypes { __typename } }', { 'x-fault': header });
  const served = { data: { productTypes: expect.anything() } };

  it.each(['refuse', 'reset'])('%s hangs up without an answer', async (header) => {
    await expect(fault(header)).rejects.toThrow('fetch failed');
  });

  it.each([
    ['status=502', 502, 'something is wrong here'],
    ['html', 200, '<!doctype html>'],
    ['html=418', 418, '<!doctype html>'],
    ['empty', 200, ''],
    ['bad-json', 200, '{"data":'],
    ['not-graphql', 200, '{"error":"invalid appliance"}'],
    ['products:status=503', 503, ''],
    ['employees:html, products:status=504', 504, ''],
  ])('%s answers as it says', async (header, status, start) => {
    const response = await fault(header);
    expect(response.status).toBe(status);
    const body = await response.text();
    expect(body.startsWith(start)).toBe(true);
    expect(header === 'empty' ? body : 'x').toBe(header === 'empty' ? '' : 'x');
  });

  it('cut ends the body early', async () => {
    const response = await fault('cut');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('slow answers in the end', async () => {
    expect(await (await fault('slow=1')).json()).toMatchObject(served);
  });

  it.each(['employees:html', 'employees:htlm', 'employees:HTML', 'none', ''])('%j asks nothing of products', async (header) => {
    expect(await (await fault(header)).json()).toMatchObject(served);
  });

  it.each([
    'nonsense',
    'html=abc',
    'slow=20, prodcts:html',
    'employees:slow, products:htlm',
  ])('%j is answered with what can be written', async (header) => {
    const response = await fault(header);
    expect([response.status, await response.json()]).toEqual([400, { errors: [expect.objectContaining({ message: expect.any(String) })] }]);
    const parsed = parseFault(header, 'products', DEMO_NAMES);
    const message = parsed.kind === 'unknown' ? parsed.message : '';
    for (const word of [header.split(', ').at(-1), ...FAULT_KINDS, ...DEMO_NAMES]) expect(message).toContain(word);
  });

  it('takes the first directive that is meant for the subgraph', () => {
    const header = 'hobbies:reset,slow=20,html';
    expect(parseFault(header, 'products', DEMO_NAMES)).toEqual({ kind: 'fault', fault: { kind: 'slow', amount: 20 } });
    expect(parseFault(header, 'hobbies', DEMO_NAMES)).toEqual({ kind: 'fault', fault: { kind: 'reset', amount: null } });
  });
});
