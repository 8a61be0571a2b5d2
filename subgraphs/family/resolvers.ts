import type { Resolvers } from '../federation.ts';

interface Pet {
  readonly __typename: 'Alligator' | 'Cat' | 'Dog';
  readonly name: string;
  readonly class: string;
  readonly type?: string;
  readonly breed?: string;
  readonly dangerous?: boolean;
}

interface Member {
  readonly id: number;
  readonly details: {
    readonly forename: string;
    readonly surname: string;
    readonly hasChildren: boolean;
    readonly maritalStatus: string | null;
    readonly nationality: string;
    readonly pets: readonly Pet[] | null;
  };
}

interface SearchInput {
  readonly hasPets?: boolean | null;
  readonly nationality?: string | null;
  readonly maritalStatus?: string | null;
}

const alligator = (name: string): Pet => ({ __typename: 'Alligator', name, class: 'REPTILE', dangerous: true });
const cat = (name: string): Pet => ({ __typename: 'Cat', name, class: 'MAMMAL', type: 'STREET' });
const dog = (name: string, breed: string): Pet => ({ __typename: 'Dog', name, class: 'MAMMAL', breed });

const member = (
  id: number,
  forename: string,
  surname: string,
  nationality: string,
  maritalStatus: string | null,
  pets: readonly Pet[] | null,
): Member => ({ id, details: { forename, surname, hasChildren: maritalStatus === 'MARRIED', maritalStatus, nationality, pets } });

const MEMBERS: readonly Member[] = [
  member(1, 'Janna', 'Newton', 'GERMAN', 'MARRIED', null),
  member(2, 'Dustin', 'Adler', 'GERMAN', 'ENGAGED', null),
  member(3, 'Stefania', 'Bosch', 'AMERICAN', 'ENGAGED', [alligator('Snappy'), cat('Morla'), dog('Nuff', 'Golden Retriever')]),
  member(4, 'Bjarne', 'Schwarz', 'GERMAN', 'MARRIED', null),
  member(5, 'Serhiy', 'Petrenko', 'UKRAINIAN', 'MARRIED', [dog('Blotch', 'Terrier')]),
  member(7, 'Suvi', 'Mehta', 'INDIAN', null, null),
  member(8, 'Nira', 'Kumar', 'INDIAN', null, [cat('Fluff')]),
  member(10, 'Eelco', 'Wit', 'DUTCH', null, null),
  member(11, 'Alba', 'Garcia', 'SPANISH', null, [cat('Luna')]),
  member(12, 'Davina', 'Stone', 'AMERICAN', null, null),
];

export function createResolvers(): Resolvers {
  return {
    Query: {
      findEmployees: (_root: unknown, { criteria }: { readonly criteria: SearchInput }) =>
        MEMBERS.filter(
          ({ details }) =>
            (criteria.hasPets ?? details.pets !== null) === (details.pets !== null) &&
            (criteria.nationality ?? details.nationality) === details.nationality &&
            (criteria.maritalStatus ?? details.maritalStatus) === details.maritalStatus,
        ),
    },
    references: {
      Employee: ({ id }: { readonly id: number }) => MEMBERS.find((found) => found.id === id) ?? null,
    },
  };
}
