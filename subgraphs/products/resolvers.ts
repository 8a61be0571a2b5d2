import { DemoError, type Resolvers } from '../federation.ts';

interface Worker {
  readonly id: number;
  readonly products: readonly string[];
  readonly notes: string | null;
  readonly isAvailable: boolean;
}

interface FactInput {
  readonly title: string;
  readonly description: string;
  readonly factType: 'DIRECTIVE' | 'ENTITY';
}

const worker = (id: number, ...products: readonly string[]): Worker => ({
  id,
  products,
  notes: `Notes on employee ${id}`,
  isAvailable: id % 3 !== 0,
});

const WORKERS: readonly Worker[] = [
  worker(1, 'CONSULTANCY', 'ENGINE', 'ROUTER'),
  worker(2, 'ENGINE', 'ROUTER', 'SDK'),
  worker(3, 'CONSULTANCY', 'MARKETING'),
  worker(4, 'FINANCE', 'HUMAN_RESOURCES', 'MARKETING'),
  worker(5, 'ENGINE', 'ROUTER', 'SDK'),
  worker(7, 'ROUTER', 'SDK'),
  worker(8, 'ROUTER', 'SDK'),
  worker(10, 'ENGINE', 'ROUTER'),
  worker(11, 'ENGINE', 'ROUTER', 'SDK'),
  worker(12, 'HUMAN_RESOURCES'),
];

const FAILING_IDS: ReadonlySet<number> = new Set([3, 7, 12]);

const PRODUCTS = [
  { __typename: 'Consultancy', upc: 'consultancy', name: 'CONSULTANCY' },
  { __typename: 'Router', upc: 'router', name: 'ROUTER', maintainer: { id: 2, startDate: '2022-07-01' } },
  { __typename: 'Sdk', upc: 'sdk', name: 'SDK', unicode: '👐' },
] as const;

const recordFact = (input: FactInput): FactInput & { readonly __typename: string } => ({
  ...input,
  __typename: input.factType === 'DIRECTIVE' ? 'DirectiveFact' : 'EntityFact',
});

/** Resolvers over a store of their own, so that mutations of one server never show in another. */
export function createResolvers(): Resolvers {
  const facts = (
    [
      { title: '@requires', description: 'A field may need fields of another subgraph.', factType: 'DIRECTIVE' },
      { title: 'Employee', description: 'An entity lives in several subgraphs at once.', factType: 'ENTITY' },
    ] satisfies readonly FactInput[]
  ).map(recordFact);
  const product = ({ upc }: { readonly upc: string }) => PRODUCTS.find((found) => found.upc === upc) ?? null;
  const find = (id: number): Worker | undefined => WORKERS.find((found) => found.id === id);
  return {
    Query: { productTypes: () => PRODUCTS, facts: () => facts },
    Mutation: {
      addFact: (_root: unknown, { fact }: { readonly fact: FactInput }) => {
        const recorded = recordFact(fact);
        facts.push(recorded);
        return recorded;
      },
    },
    Employee: {
      products: ({ id }: Worker) => find(id)?.products,
      notes: ({ id }: Worker) => find(id)?.notes,
      isAvailable: ({ id }: Worker) => find(id)?.isAvailable,
      fieldThrowsError: ({ id }: Worker) => {
        if (!FAILING_IDS.has(id)) return null;
        throw new DemoError(`error resolving FieldThrowsError for Employee ${id}`, { extensions: { code: 'ERROR_CODE', foo: 'bar' } });
      },
    },
    references: {
      Employee: ({ id }: { readonly id: number }) => find(id) ?? null,
      Consultancy: product,
      Router: product,
      Sdk: product,
    },
  };
}
