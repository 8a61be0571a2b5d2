import type { ErrorRule } from './rule.ts';

/** Gives a code to a subgraph's error without one. The allow-list comes later and may take it away again. */
export function defaultExtensionCode(code: string): ErrorRule | null {
  if (code === '') return null;
  return {
    key: 'default_extension_code',
    subjects: ['nested', 'entry'],
    apply(draft) {
      draft.defaultCode = code;
    },
  };
}
