import type { ErrorRule } from './rule.ts';

/** An id that the log line has too (error-layer.md section 8). */
export function errorIds(enabled: boolean): ErrorRule | null {
  if (!enabled) return null;
  return {
    key: 'error_ids',
    subjects: ['nested', 'entry', 'wrapper', 'failure', 'dependency', 'value'],
    apply(draft, facts) {
      if (facts.errorId !== null) draft.extensible()['errorId'] = facts.errorId;
    },
  };
}
