import { unreachable } from '../../shared/assert.ts';
import type { PlacedError } from '../model.ts';

/** What an id belongs to: the entry, the failure of the exchange, the skipped fetch or the value, at however many places it shows. */
export function originalOf(error: PlacedError): object {
  switch (error.kind) {
    case 'graphql':
      return error.entry;
    case 'failure':
      return error.failure;
    case 'dependency':
      return error.site;
    case 'value':
      return error;
    default:
      return unreachable(error);
  }
}
