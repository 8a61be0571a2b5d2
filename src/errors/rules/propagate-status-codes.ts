import type { ErrorRule } from './rule.ts';

/** Shows the HTTP status of the subgraph's reply, where there was one. It never becomes the status of our own response. */
export function propagateStatusCodes(propagate: boolean): ErrorRule | null {
  if (!propagate) return null;
  return {
    key: 'propagate_status_codes',
    subjects: ['entry', 'wrapper', 'failure'],
    apply(draft, facts) {
      if (facts.status !== null && facts.status !== 0) draft.extensible()['statusCode'] = facts.status;
    },
  };
}
