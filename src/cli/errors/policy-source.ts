import type { LoadedConfig } from '../../config/load.ts';
import { loadGraph, policyProblems } from '../../server/generation.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Supergraph } from '../../supergraph/model.ts';
import { loadConfigFiles } from '../config-source.ts';

/** A configuration with a graph and a policy that a router would start with. */
export interface UsablePolicy {
  readonly loaded: LoadedConfig;
  readonly supergraph: Supergraph;
  readonly urls: ReadonlyMap<string, string>;
}

/** Loads what a router would load, and refuses what a router would refuse. */
export async function loadPolicy(files: readonly string[]): Promise<Result<UsablePolicy, readonly string[]>> {
  const loaded = loadConfigFiles(files);
  if (!loaded.ok) return loaded;
  const supergraph = await loadGraph({ config: loaded.value.config, sdls: null }, false);
  if (!supergraph.ok) return supergraph;
  const problems = policyProblems(loaded.value, supergraph.value);
  if (problems.length > 0) return err(problems);
  const urls = new Map([...supergraph.value.subgraphs.values()].map(({ name, url }) => [name, url]));
  return ok({ loaded: loaded.value, supergraph: supergraph.value, urls });
}

/** Everybody who may read answers under a configuration, the public first. */
export function audiencesOf({ config }: Pick<LoadedConfig, 'config'>): readonly string[] {
  return ['public', ...config.subgraphErrorPropagation.audiences.map(({ name }) => name)];
}

/** A sentence when a name is none of those that there are; null when it is one. */
export function unknownName(what: string, name: string, known: Iterable<string>): string | null {
  const names = [...known];
  return names.includes(name) ? null : `there is no ${what} ${name}; there is ${names.join(', ')}`;
}
