import { loadGraph, policyProblems } from '../server/generation.ts';
import { loadConfigFiles, loadGraphOfFiles } from './config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from './output.ts';

/** `candor check`: everything that would keep a router from starting with this configuration, and nothing is started. */
export async function check(configFiles: readonly string[], output: CliOutput): Promise<number> {
  const loaded = loadConfigFiles(configFiles);
  if (loaded.ok) for (const warning of loaded.value.warnings) output.problem(`warning: ${warning}`);
  const config = loaded.ok ? loaded.value.config : loadGraphOfFiles(configFiles);
  const supergraph = config === null ? null : await loadGraph({ config, sdls: null }, false);
  const problems = [...(loaded.ok ? [] : loaded.error), ...(supergraph?.ok === false ? supergraph.error : [])];
  if (loaded.ok && supergraph?.ok === true) problems.push(...policyProblems(loaded.value, supergraph.value));
  if (problems.length > 0 || supergraph?.ok !== true) {
    printProblems(output, problems);
    return EXIT_FAILED;
  }
  output.out(`The configuration is fine, and so is the graph of ${[...supergraph.value.subgraphs.keys()].join(', ')}.\n`);
  return EXIT_OK;
}
