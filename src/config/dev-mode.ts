/** What `dev_mode: true` forces, whatever file and environment say (cosmo-reference.md 1.2 and 1.3). */
import type { ErrorOverrides, ListChange } from './keys/error-options.ts';
import type { ErrorPropagation } from './keys/error-propagation.ts';

const SHOWN = ['code', 'stacktrace'];

export const DEV_MODE_WARNING = 'Development mode enabled. This should only be used for testing purposes';

/** Forces the block and everything in it that overrides it, so that no subgraph, audience or rule hides what dev_mode shows. */
export function forceDevMode(block: ErrorPropagation): ErrorPropagation {
  return {
    ...block,
    enabled: true,
    propagateStatusCodes: true,
    omitLocations: false,
    allowedExtensionFields: withShown(block.allowedExtensionFields),
    rules: block.rules.map(forceOverrides),
    subgraphs: new Map([...block.subgraphs].map(([name, overrides]) => [name, forceRules(forceOverrides(overrides))])),
    audiences: block.audiences.map((audience) => forceRules(forceOverrides(audience))),
  };
}

function forceRules<T extends { rules?: ErrorPropagation['rules'][number][] }>(overrides: T): T {
  return overrides.rules === undefined ? overrides : { ...overrides, rules: overrides.rules.map(forceOverrides) };
}

function forceOverrides<T extends ErrorOverrides>(overrides: T): T {
  const { allowedExtensionFields: change } = overrides;
  const lists = change === undefined ? {} : { allowedExtensionFields: withShownChange(change) };
  return { ...overrides, enabled: true, propagateStatusCodes: true, omitLocations: false, ...lists };
}

function withShownChange(change: ListChange): ListChange {
  if (change.kind === 'replace') return { kind: 'replace', keys: withShown(change.keys) };
  return { kind: 'edit', add: change.add, remove: change.remove.filter((key) => !SHOWN.includes(key)) };
}

function withShown(keys: readonly string[]): readonly string[] {
  return [...new Set([...keys, ...SHOWN])];
}
