import type { Resolvers } from '../federation.ts';

interface Hobby {
  readonly __typename: 'Exercise' | 'Flying' | 'Gaming' | 'Other' | 'Programming' | 'Travelling';
  readonly category?: string;
  readonly planeModels?: readonly string[];
  readonly yearsOfExperience?: number;
  readonly name?: string;
  readonly genres?: readonly string[];
  readonly languages?: readonly string[];
  readonly countriesLived?: readonly { readonly key: { readonly name: string } }[];
}

interface Person {
  readonly id: number;
  readonly hobbies: readonly Hobby[];
  readonly currentMood: 'HAPPY' | 'SAD';
}

const exercise = (category: string): Hobby => ({ __typename: 'Exercise', category });
const flying: Hobby = { __typename: 'Flying', planeModels: ['Aquila AT01', 'Cessna C172'], yearsOfExperience: 3 };
const gaming = (name: string, genre: string, yearsOfExperience: number): Hobby => ({
  __typename: 'Gaming',
  name,
  genres: [genre],
  yearsOfExperience,
});
const other = (name: string): Hobby => ({ __typename: 'Other', name });
const programming = (...languages: readonly string[]): Hobby => ({ __typename: 'Programming', languages });
const travelling = (...names: readonly string[]): Hobby => ({
  __typename: 'Travelling',
  countriesLived: names.map((name) => ({ key: { name } })),
});

const person = (id: number, ...hobbies: readonly Hobby[]): Person => ({ id, hobbies, currentMood: id % 2 === 0 ? 'SAD' : 'HAPPY' });

const PEOPLE: readonly Person[] = [
  person(1, exercise('SPORT'), programming('GO', 'TYPESCRIPT'), travelling('England', 'Germany')),
  person(2, exercise('STRENGTH_TRAINING'), gaming('Chess', 'BOARD', 9.5), programming('GO', 'RUST')),
  person(3, exercise('HIKING'), other('Guitar')),
  person(4, flying, travelling('America', 'Germany')),
  person(5, programming('GO')),
  person(7, gaming('Chess', 'BOARD', 17), travelling('India', 'Ireland')),
  person(8, other('Building houses'), other('Forestry')),
  person(10, programming('RUST', 'TYPESCRIPT')),
  person(11, exercise('CALISTHENICS'), gaming('Diablo', 'ROLEPLAY', 0.5)),
  person(12, travelling('America', 'Spain')),
];

/** Hobbies are equal by content: whoever shares one is in its list. */
function peopleWith(hobby: Hobby): readonly Person[] {
  const text = JSON.stringify(hobby);
  return PEOPLE.filter(({ hobbies }) => hobbies.some((candidate) => JSON.stringify(candidate) === text));
}

export function createResolvers(): Resolvers {
  const employees = { employees: peopleWith };
  return {
    Query: {
      allHobbies: () => [...new Map(PEOPLE.flatMap(({ hobbies }) => hobbies).map((hobby) => [JSON.stringify(hobby), hobby])).values()],
    },
    Exercise: employees,
    Flying: employees,
    Gaming: employees,
    Other: employees,
    Programming: employees,
    Travelling: employees,
    references: {
      Employee: ({ id }: { readonly id: number }) => PEOPLE.find((found) => found.id === id) ?? null,
      Country: (reference: { readonly key: { readonly name: string } }) => reference,
    },
  };
}
