import { CATALOGUE, failureCode } from '../catalogue.ts';
import type { ErrorRule } from './rule.ts';

/** Says whose fault an error is: the client's, this router's or a subgraph's. */
export function attachOrigin(attach: boolean): ErrorRule | null {
  if (!attach) return null;
  return {
    key: 'attach_origin',
    subjects: ['nested', 'entry', 'wrapper', 'failure', 'dependency', 'value'],
    apply(draft, facts) {
      const usual = facts.failure === null ? 'subgraph' : CATALOGUE[failureCode(facts.failure.kind)].origin;
      draft.extensible()['origin'] = facts.catalogue?.origin ?? usual;
    },
  };
}
