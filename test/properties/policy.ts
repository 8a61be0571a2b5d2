import { errorDefaults } from '../../src/config/keys/error-options.ts';
import type { PropagationBlock } from '../../src/errors/policy/compile.ts';
import type { ResponseConfig } from '../../src/respond/policy.ts';

/** The defaults of the product, with some keys of `subgraph_error_propagation` changed. */
export function responsePolicyConfig(block: Partial<PropagationBlock>): ResponseConfig {
  return {
    compatibility: 'none',
    subgraphErrorPropagation: {
      ...errorDefaults('none'),
      ...block,
    },
    response: { completenessHeader: 'X-Router-Completed', partialStatus: 200, allFailedStatus: 200, validationStatus: 'auto' },
    subgraphExtensionPropagation: { enabled: false, allowedExtensionFields: [], algorithm: 'first_write' },
  };
}
