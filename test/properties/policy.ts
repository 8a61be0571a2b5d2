import type { PropagationBlock } from '../../src/errors/policy/compile.ts';
import type { ResponseConfig } from '../../src/respond/policy.ts';

/** The defaults of the product, with some keys of `subgraph_error_propagation` changed. */
export function responsePolicyConfig(block: Partial<PropagationBlock>): ResponseConfig {
  return {
    compatibility: 'none',
    subgraphErrorPropagation: {
      enabled: true,
      mode: 'wrapped',
      rewritePaths: true,
      omitLocations: true,
      omitExtensions: false,
      attachServiceName: true,
      propagateStatusCodes: false,
      defaultExtensionCode: 'DOWNSTREAM_SERVICE_ERROR',
      allowAllExtensionFields: false,
      allowedExtensionFields: ['code'],
      deniedExtensionFields: [],
      allowedFields: [],
      failureCodes: true,
      errorIds: true,
      attachOrigin: false,
      attachRetryHints: false,
      attachMutationOutcome: false,
      message: null,
      attachRequest: false,
      redactedMessage: null,
      ...block,
    },
    response: { completenessHeader: 'X-Router-Completed', partialStatus: 200, allFailedStatus: 200, validationStatus: 'auto' },
    subgraphExtensionPropagation: { enabled: false, allowedExtensionFields: [], algorithm: 'first_write' },
  };
}
