/** The graph: `subgraphs` or `execution_config`, and `overrides`. */
import * as z from 'zod';
import { filePath, filledText, httpUrl, named, positiveDuration, section } from '../fields.ts';

const subgraph = section({
  name: filledText().describe('Name of the subgraph, in errors, logs and metrics.'),
  routing_url: httpUrl().describe('URL that requests go to.'),
  schema: section({ file: filePath().describe('SDL file, relative to the file that names it.') })
    .optional()
    .describe('Where the SDL is. Left out: the subgraph is asked for it with `{ _service { sdl } }` at start.'),
  subscription: section({
    url: filledText()
      .refine((url) => /^(?:https?|wss?):\/\//i.test(url) && URL.canParse(url), {
        error: 'expected a URL that begins with ws://, wss://, http:// or https://',
      })
      .optional()
      .describe('URL for subscriptions when it is not the routing URL.'),
    protocol: z.enum(['ws', 'sse', 'sse_post']).optional().describe('How subscriptions reach the subgraph.'),
  })
    .optional()
    .describe('How subscriptions reach the subgraph. Accepted so that `graph.yaml` files load; subscriptions are not served yet.'),
});

export const graphKeys = {
  subgraphs: z
    .array(subgraph)
    .min(1, { error: 'must name at least one subgraph' })
    .optional()
    .describe(
      'Subgraphs that are composed at start, in the shape of the `graph.yaml` of `wgc router compose`. Either this or `execution_config`.',
    ),
  execution_config: section({
    file: section({
      path: filePath().describe('A supergraph SDL, or a Cosmo execution config (JSON), relative to the file that names it.'),
      watch: z.boolean().default(false).describe('Load the graph again when the file changes.'),
      watch_interval: positiveDuration().prefault('1s').describe('How often the file is looked at.'),
    }).describe('A graph that was composed before.'),
  })
    .optional()
    .describe('A graph that was composed before. Either this or `subgraphs`.'),
  overrides: section({
    subgraphs: named(section({ routing_url: httpUrl().describe('URL that requests to this subgraph go to.') }))
      .prefault({})
      .describe('By subgraph name.'),
  })
    .prefault({})
    .describe('Changes to the graph without composing it again.'),
};
