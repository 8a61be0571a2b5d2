import { DemoError, type Resolvers } from '../federation.ts';
import { COUNTRIES, EMPLOYEES, type Employee } from './data.ts';

const find = (id: number): Employee | undefined => EMPLOYEES.find((employee) => employee.id === id);
const inDepartment = (name: string): readonly Employee[] => EMPLOYEES.filter((employee) => employee.role.departments.includes(name));
const engineers = (): readonly Employee[] => inDepartment('ENGINEERING');

/** Resolvers over a store of their own, so that mutations of one server never show in another. */
export function createResolvers(): Resolvers {
  const tags = new Map<number, string>();
  return {
    Query: {
      employee: (_root: unknown, { id }: { readonly id: number }) => find(id),
      employees: () => EMPLOYEES,
      staff: () => EMPLOYEES,
      firstEmployee: () => EMPLOYEES[0],
      teammates: (_root: unknown, { team }: { readonly team: string }) => inDepartment(team),
      products: () => [
        { __typename: 'Consultancy', upc: 'consultancy', lead: find(1) },
        { __typename: 'Router', upc: 'router', engineers: engineers(), lead: find(2) },
        { __typename: 'Sdk', upc: 'sdk', engineers: engineers(), owner: find(7) },
      ],
    },
    Mutation: {
      updateEmployeeTag: (_root: unknown, { id, tag }: { readonly id: number; readonly tag: string }) => {
        const employee = find(id);
        if (employee === undefined) throw new DemoError(`no employee has id ${id}`, { extensions: { code: 'NOT_FOUND' } });
        tags.set(id, tag);
        return employee;
      },
    },
    Employee: {
      tag: (employee: Employee) => tags.get(employee.id) ?? employee.tag,
      derivedMood: (employee: { readonly currentMood: string }) => (employee.currentMood === 'HAPPY' ? 'HAPPY' : 'SAD'),
      rootFieldThrowsError: (employee: Employee) => failForTwelve('RootFieldThrowsError', employee, null),
      requiredFieldThrowsError: (employee: Employee) => failForTwelve('RequiredFieldThrowsError', employee, 'fine'),
    },
    references: {
      Employee: ({ id, currentMood }: { readonly id: number; readonly currentMood?: string }) => {
        const employee = find(id);
        return employee === undefined ? null : { ...employee, currentMood };
      },
      Country: ({ key }: { readonly key: { readonly name: string } }) =>
        Object.values(COUNTRIES).find((country) => country.key.name === key.name) ?? null,
      Consultancy: ({ upc }: { readonly upc: string }) => ({ upc, lead: find(1) }),
      Router: ({ upc }: { readonly upc: string }) => ({ upc, engineers: engineers(), lead: find(2) }),
      Sdk: ({ upc }: { readonly upc: string }) => ({ upc, engineers: engineers(), owner: find(7) }),
    },
  };
}

/** The failure that the documentation's examples show: an extension, a second extension, and a key beside `message`. */
function failForTwelve<T>(field: string, { id }: Employee, value: T): T {
  if (id !== 12) return value;
  throw new DemoError(`error resolving ${field} for Employee 12`, {
    extensions: { code: 'ERROR_CODE', foo: 'bar' },
    topLevel: { userId: '1234' },
  });
}
