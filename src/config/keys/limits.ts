/** `engine` and `security`: caches, request sharing, limits on operations. */
import * as z from 'zod';
import { count, section } from '../fields.ts';

export const limitsKeys = {
  engine: section({
    enable_single_flight: z
      .boolean()
      .default(true)
      .describe(
        "Identical queries to a subgraph that are in flight together are sent once; not where response rules in `headers` hand the subgraph's `Set-Cookie` on.",
      ),
    enable_inbound_request_deduplication: z
      .boolean()
      .default(true)
      .describe(
        'Identical queries of clients that are in flight together are executed once; not where response rules in `headers` hand `Set-Cookie` on, which would give one client the cookie of another.',
      ),
    execution_plan_cache_size: count(1).default(1024).describe('Query plans that are kept.'),
  })
    .prefault({})
    .describe('The execution engine.'),
  security: section({
    parser_limits: section({
      approximate_depth_limit: count(0).default(200).describe('Deepest nesting of an operation. 0: no limit.'),
      total_fields_limit: count(0).default(3500).describe('Fields of an operation, fragments counted where they are used. 0: no limit.'),
      max_tokens: count(0).default(15_000).describe('Tokens of a document. 0: no limit.'),
    })
      .prefault({})
      .describe('Limits that are checked while parsing.'),
    operation_name_length_limit: count(0).default(512).describe('Longest operation name. 0: no limit.'),
  })
    .prefault({})
    .describe('Limits on what clients may send.'),
};
