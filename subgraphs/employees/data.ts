/** What the employees subgraph knows. Ids have gaps on purpose, so that no index can pass for an id. */

export interface Role {
  readonly __typename: 'Engineer' | 'Marketer' | 'Operator';
  readonly departments: readonly string[];
  readonly title: readonly string[];
  readonly engineerType?: string;
  readonly operatorType?: readonly string[];
}

export interface Country {
  readonly key: { readonly name: string };
  readonly language: string | null;
}

export interface Employee {
  readonly id: number;
  readonly tag: string;
  readonly startDate: string;
  readonly notes: string | null;
  readonly details: {
    readonly forename: string;
    readonly surname: string;
    readonly location: Country;
    readonly pastLocations: readonly { readonly name: string; readonly country: Country; readonly type: string }[];
  };
  readonly role: Role;
}

const country = (name: string, language: string): Country => ({ key: { name }, language });

export const COUNTRIES = {
  germany: country('Germany', 'German'),
  india: country('India', 'Hindi'),
  ireland: country('Ireland', 'English'),
  spain: country('Spain', 'Spanish'),
  ukraine: country('Ukraine', 'Ukrainian'),
  usa: country('America', 'English'),
} as const;

type CountryName = keyof typeof COUNTRIES;

const engineer = (engineerType: string, ...title: readonly string[]): Role => ({
  __typename: 'Engineer',
  departments: ['ENGINEERING'],
  title,
  engineerType,
});

const marketer = (...title: readonly string[]): Role => ({ __typename: 'Marketer', departments: ['MARKETING'], title });

const operator = (operatorType: readonly string[], ...title: readonly string[]): Role => ({
  __typename: 'Operator',
  departments: ['OPERATIONS'],
  title,
  operatorType,
});

function employee(id: number, forename: string, surname: string, home: CountryName, startDate: string, role: Role): Employee {
  return {
    id,
    tag: '',
    startDate,
    notes: null,
    details: {
      forename,
      surname,
      location: COUNTRIES[home],
      pastLocations: id % 2 === 0 ? [{ name: 'Cork', country: COUNTRIES.ireland, type: 'city' }] : [],
    },
    role,
  };
}

export const EMPLOYEES: readonly Employee[] = [
  employee(1, 'Janna', 'Newton', 'germany', '2020-01-15', engineer('FULLSTACK', 'Founder', 'CEO')),
  employee(2, 'Dustin', 'Adler', 'germany', '2022-07-01', engineer('BACKEND', 'Co-founder', 'Tech lead')),
  employee(3, 'Stefania', 'Bosch', 'usa', '2021-06-01', marketer('Co-founder', 'Head of growth')),
  employee(4, 'Bjarne', 'Schwarz', 'germany', '2022-07-01', operator(['FINANCE'], 'Co-founder', 'COO')),
  employee(5, 'Serhiy', 'Petrenko', 'ukraine', '2022-10-01', engineer('BACKEND', 'Senior Go engineer')),
  employee(7, 'Suvi', 'Mehta', 'india', '2022-09-01', engineer('FULLSTACK', 'Software engineer')),
  employee(8, 'Nira', 'Kumar', 'india', '2022-11-01', engineer('FRONTEND', 'Software engineer')),
  employee(10, 'Eelco', 'Wit', 'germany', '2023-11-01', engineer('BACKEND', 'Senior software engineer')),
  employee(11, 'Alba', 'Garcia', 'spain', '2022-11-01', engineer('FULLSTACK', 'Senior software engineer')),
  employee(12, 'Davina', 'Stone', 'usa', '2021-09-01', operator(['HUMAN_RESOURCES'], 'People operations')),
];
