import { describe, expect, it } from 'vitest';
import { sampleConfig } from '../../../test/support/sample-policy.ts';
import { findPolicyProblems } from './problems.ts';

const problems = (block: Record<string, unknown>) =>
  findPolicyProblems(sampleConfig({ subgraph_error_propagation: block }), ['employees', 'products']).map(
    ({ path, message }) => `${path.slice(1).join('.')}: ${message}`,
  );

describe('findPolicyProblems', () => {
  it('is content with the defaults', () => {
    expect(problems({})).toEqual([]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ subgraphs: { producst: { mode: 'pass-through' } } }, 'subgraphs.producst: unknown subgraph; the graph has employees, products'],
    [{ subgraphs: { employees: { alias: 'products' } } }, 'subgraphs.employees.alias: products is called products already'],
    [
      { subgraphs: { employees: { alias: 'products' }, products: { alias: 'x' } } },
      'subgraphs.employees.alias: is the name of another subgraph',
    ],
    [{ subgraphs: { employees: { alias: 'x' }, products: { alias: 'x' } } }, 'subgraphs.products.alias: employees is called x already'],
    [{ allowed_extension_fields: ['code', 'http'] }, 'allowed_extension_fields.1: http is set by the router alone; remove it'],
    [
      { subgraphs: { employees: { allowed_extension_fields: ['+origin'] } } },
      'subgraphs.employees.allowed_extension_fields.0: origin is set',
    ],
    [{ message: 'Oh {subgrph}' }, 'message: {subgrph} is no placeholder; there are {subgraph}, {path}'],
    [{ rules: [{ when: { message: '(?=x)' }, mode: 'wrapped' }] }, 'rules.0.when.message: look-ahead'],
    [
      {
        rules: [
          { when: { code: ['A', 'B'] }, mode: 'wrapped' },
          { when: { code: 'B', status: 500 }, enabled: false },
        ],
      },
      'rules.1.when: can never match: rule 1 of this list matches first',
    ],
    [
      { rules: [{ when: { kind: 'unreachable', status: 500 }, enabled: false }] },
      'rules.0.when: can never match: unreachable has no status',
    ],
    [{ scrub: { custom: [{ name: 'x', pattern: '(a' }] } }, 'scrub.custom.0.pattern: "(" without ")"'],
    [
      { catalogue: { codes: { A: { from: [{ code: 'X' }] }, B: { from: [{ status: '4xx' }] } } } },
      'catalogue.codes.B.from.0: is as specific as one of A, and both can match one error',
    ],
    [{ catalogue: { codes: { A: { from: [{ subgraph: 'nope' }] } } } }, 'catalogue.codes.A.from.0.subgraph: unknown subgraph nope'],
    [
      {
        audiences: [
          {
            name: 'staff',
            when: { network: '10.0.0.0/8' },
            rules: [{ when: { status: '4xx' } }, { when: { status: [404] }, enabled: false }],
          },
        ],
      },
      'audiences.0.rules.1.when: can never match',
    ],
  ])('%j', (block, expected) => {
    const [first, second] = problems(block);
    expect(first).toContain(expected);
    expect(second).toBeUndefined();
  });

  it('lets rules and entries stand that differ', () => {
    expect(
      problems({
        subgraphs: { employees: { alias: 'people' }, products: {} },
        rules: [
          { when: { code: 'A', status: 500 }, enabled: false },
          { when: { code: 'A' }, enabled: true },
        ],
        catalogue: { codes: { A: { from: [{ code: 'X', subgraph: 'employees' }] }, B: { from: [{ code: 'X', subgraph: 'products' }] } } },
      }),
    ).toEqual([]);
  });
});
