/** What clients send in a soak, and what every answer must be. */
import { DEMO_NAMES } from '../../subgraphs/server.ts';
import { isRecord } from '../support/script.ts';
import type { Random } from './random.ts';

export interface SoakRequest {
  readonly body: string;
  /** What subgraphs shall do; null for nothing unusual. */
  readonly fault: { readonly header: string; readonly kinds: readonly string[] } | null;
  /** The client hangs up without waiting for the answer. */
  readonly leaves: boolean;
}

const OPERATIONS: readonly object[] = [
  { query: '{ employees { id details { forename } hobbies { __typename } products } }' },
  { query: '{ employees { id currentMood notes isAvailable } }' },
  { query: '{ staff { id tag hobbies { __typename } } }' },
  { query: 'query One($id: Int!) { employee(id: $id) { id details { forename } products } }', variables: { id: 3 } },
  { query: 'query One($id: Int!) { employee(id: $id) { id currentMood } }', variables: { id: 12 } },
  { query: '{ findEmployees(criteria: { hasPets: true }) { id notes } }' },
  { query: '{ allHobbies { __typename } productTypes { __typename } facts { __typename } }' },
  { query: '{ employees { id rootFieldThrowsError fieldThrowsError } }' },
  {
    query: 'mutation Tag($id: Int!, $tag: String!) { updateEmployeeTag(id: $id, tag: $tag) { id tag hobbies { __typename } } }',
    variables: { id: 5, tag: 'x' },
  },
  { query: '{ nothing }' },
  { query: '{ employees {' },
  { query: 'query One($id: Int!) { employee(id: $id) { id } }', variables: { id: 'x' } },
];

const FAULTS = [
  'refuse',
  'reset',
  'status=500',
  'status=503',
  'html',
  'html=418',
  'empty',
  'bad-json',
  'not-graphql',
  'slow=600',
  'slow=20',
  'cut',
];

export function randomRequest(random: Random): SoakRequest {
  const kinds = DEMO_NAMES.flatMap((name) => (random.next() < 0.25 ? [[name, random.pick(FAULTS)] as const] : []));
  return {
    body: JSON.stringify(random.pick(OPERATIONS)),
    fault: kinds.length === 0 ? null : { header: kinds.map((each) => each.join(':')).join(', '), kinds: kinds.map(([, kind]) => kind) },
    leaves: random.next() < 0.02,
  };
}

const MEMBERS = new Set(['data', 'errors', 'extensions']);

/** Why a text is no GraphQL response, or null. */
export function faultOfResponse(text: string): string | null {
  let response: unknown;
  try {
    response = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  if (!isRecord(response)) return 'no object';
  const strange = Object.keys(response).find((key) => !MEMBERS.has(key));
  if (strange !== undefined) return `a member ${strange}`;
  const { data, errors } = response;
  if (data === undefined && errors === undefined) return 'neither data nor errors';
  if (data !== undefined && data !== null && !isRecord(data)) return 'data is no object';
  if (errors === undefined) return null;
  if (!Array.isArray(errors) || errors.length === 0) return 'errors is no list, or empty';
  return errors.every(isErrorEntry) ? null : 'an error without a message, or with a path that is none';
}

function isErrorEntry(error: unknown): boolean {
  if (!isRecord(error) || typeof error['message'] !== 'string') return false;
  const { path } = error;
  return path === undefined || (Array.isArray(path) && path.every((part) => typeof part === 'string' || typeof part === 'number'));
}
