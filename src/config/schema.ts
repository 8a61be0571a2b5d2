/** The one source of configuration: types, defaults, JSON Schema and documentation all come from `rootShape`. */
import type * as z from 'zod';
import { forceDevMode } from './dev-mode.ts';
import { section } from './fields.ts';
import { completeErrorPropagation, type ErrorPropagation, errorPropagationKeys } from './keys/error-propagation.ts';
import { graphKeys } from './keys/graph.ts';
import { headersKeys } from './keys/headers.ts';
import { limitsKeys } from './keys/limits.ts';
import { listenerKeys } from './keys/listener.ts';
import { processKeys } from './keys/process.ts';
import { responseKeys } from './keys/response.ts';
import { telemetryKeys } from './keys/telemetry.ts';
import { trafficShapingKeys } from './keys/traffic-shaping.ts';

/** Every top-level key, in the order of the documentation. */
export const rootShape = {
  ...processKeys,
  ...listenerKeys,
  ...graphKeys,
  ...headersKeys,
  ...trafficShapingKeys,
  ...limitsKeys,
  ...errorPropagationKeys,
  ...responseKeys,
  ...telemetryKeys,
};

export const rootSchema = section(rootShape);

type Parsed = z.output<typeof rootSchema>;

type DeepReadonly<T> = T extends RegExp | ReadonlyMap<string, unknown>
  ? T
  : T extends readonly (infer Item)[]
    ? readonly DeepReadonly<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
      : T;

/** A subgraph to compose. Paths are absolute. */
export type SubgraphSource = DeepReadonly<NonNullable<Parsed['subgraphs']>[number]>;

/** Where the graph comes from: composed at start, or composed before. */
export type GraphSource =
  | { readonly kind: 'subgraphs'; readonly subgraphs: readonly SubgraphSource[] }
  | ({ readonly kind: 'execution_config' } & DeepReadonly<NonNullable<Parsed['executionConfig']>['file']>);

/** The configuration, complete: every default, variable, inheritance and `dev_mode` applied. */
export type RouterConfig = DeepReadonly<Omit<Parsed, 'subgraphs' | 'executionConfig' | 'subgraphErrorPropagation'>> & {
  readonly graph: GraphSource;
  readonly subgraphErrorPropagation: ErrorPropagation;
};

/** Completes parsed values that depend on each other. `parsed` must have passed the checks: it names exactly one graph. */
export function resolveConfig({ subgraphs, executionConfig, subgraphErrorPropagation, ...parsed }: Parsed): RouterConfig {
  const errors = completeErrorPropagation(subgraphErrorPropagation, parsed.compatibility);
  return {
    ...parsed,
    graph:
      executionConfig === undefined
        ? { kind: 'subgraphs', subgraphs: subgraphs ?? [] }
        : { kind: 'execution_config', ...executionConfig.file },
    subgraphErrorPropagation: parsed.devMode ? forceDevMode(errors) : errors,
    jsonLog: parsed.jsonLog && !parsed.devMode,
    inspector: { ...parsed.inspector, enabled: parsed.inspector.enabled && parsed.devMode },
  };
}
