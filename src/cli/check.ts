import { loadGraph } from '../server/generation.ts';
import { loadConfigFiles } from './config-source.ts';
import { type CliOutput, EXIT_FAILED, EXIT_OK, printProblems } from './output.ts';

/** `candor check`: everything that would keep a router from starting with this configuration, and nothing is started. */
export async function check(configFiles: readonly string[], output: CliOutput): Promise<number> {
  const loaded = loadConfigFiles(configFiles);
  if (!loaded.ok) {
    printProblems(output, loaded.error);
    return EXIT_FAILED;
  }
  for (const warning of loaded.value.warnings) output.problem(`warning: ${warning}`);
  const supergraph = await loadGraph({ config: loaded.value.config, sdls: null });
  if (!supergraph.ok) {
    printProblems(output, supergraph.error);
    return EXIT_FAILED;
  }
  output.out(`The configuration is fine, and so is the graph of ${[...supergraph.value.subgraphs.keys()].join(', ')}.\n`);
  return EXIT_OK;
}
