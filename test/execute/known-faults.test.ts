/** Planner faults whose cure is ours (spec: planning, "Known faults", E to G). A to D stand in `duties.test.ts`. */
import { describe, expect, it } from 'vitest';
import { createFederation } from './federation.ts';

describe('a recursive @provides (case E)', () => {
  it('gives data at every level', async () => {
    const { run } = createFederation(
      {
        a: 'type Query { top: C @provides(fields: "parent { parent { name } }") } type C @key(fields: "id") { id: ID! parent: C @shareable name: String @external }',
        b: 'type C @key(fields: "id") { id: ID! parent: C @shareable name: String @shareable }',
      },
      {
        roots: { top: { __typename: 'C', id: '3' } },
        entities: {
          C: [
            { id: '1', name: 'one', parent: null },
            { id: '2', name: 'two', parent: { __typename: 'C', id: '1' } },
            { id: '3', name: 'three', parent: { __typename: 'C', id: '2' } },
          ],
        },
      },
    );
    const { data } = await run('{ top { name parent { name parent { name parent { name } } } } }');
    expect(data).toEqual({ top: { name: 'three', parent: { name: 'two', parent: { name: 'one', parent: null } } } });
  });

  it('is used where it alone knows a field', async () => {
    const { run } = createFederation(
      {
        a: 'type Query { shelf: Shelf @provides(fields: "box { label inner { label } }") } type Shelf @key(fields: "id") { id: ID! box: Box @external } type Box @key(fields: "id") { id: ID! label: String inner: Box @external }',
        b: 'type Shelf @key(fields: "id") { id: ID! box: Box @shareable } type Box @key(fields: "id") { id: ID! inner: Box @shareable }',
      },
      {
        roots: { shelf: { id: 's', box: { id: '1', label: 'big', inner: { id: '2', label: 'small' } } } },
        entities: {
          Shelf: [{ id: 's', box: { __typename: 'Box', id: '1' } }],
          Box: [{ id: '1', inner: { __typename: 'Box', id: '2' } }, { id: '2' }],
        },
        resolvers: { 'Box.label': ({ label }) => label ?? null },
      },
    );
    const { data, requests } = await run('{ shelf { box { label inner { label } } } }');
    expect(data).toEqual({ shelf: { box: { label: 'big', inner: { label: 'small' } } } });
    expect(requests).toHaveLength(1);
  });
});

describe('fragments on two concrete types of an interface object (case F)', () => {
  it('reach both types', async () => {
    const { run } = createFederation(
      {
        a: 'type Query { accounts: [Account] } interface Account @key(fields: "id") { id: ID! } type Admin implements Account @key(fields: "id") { id: ID! admin: Boolean } type Regular implements Account @key(fields: "id") { id: ID! regular: Boolean }',
        b: 'type Account @interfaceObject @key(fields: "id") { id: ID! name: String @shareable isActive: Boolean }',
      },
      {
        roots: {
          accounts: [
            { __typename: 'Admin', id: 'a' },
            { __typename: 'Regular', id: 'r' },
          ],
        },
        entities: {
          Admin: [{ id: 'a', admin: true, name: 'A', isActive: true }],
          Regular: [{ id: 'r', regular: true, name: 'R', isActive: false }],
        },
      },
    );
    const { data } = await run('{ accounts { ... on Admin { admin isActive } ... on Regular { regular isActive name } } }');
    expect(data).toEqual({
      accounts: [
        { admin: true, isActive: true },
        { regular: true, isActive: false, name: 'R' },
      ],
    });
  });
});

describe('a nullability conflict two levels down (case G)', () => {
  it('is no conflict for the subgraph', async () => {
    const { run } = createFederation(
      {
        a: 'type Query { u: [U] } union U = X | Y type X { in: XI } type Y { in: YI } type XI @shareable { id: ID! } type YI { id: ID }',
        b: 'type Query { xi: XI } type XI @shareable { id: ID }',
      },
      {
        roots: {
          u: [
            { __typename: 'Y', in: { id: 'y' } },
            { __typename: 'X', in: { id: 'x' } },
          ],
        },
      },
    );
    const { data } = await run('{ u { ... on X { in { id } } ... on Y { in { id } } } }');
    expect(data).toEqual({ u: [{ in: { id: 'y' } }, { in: { id: 'x' } }] });
  });
});
