/** `subgraph_error_propagation`: what a client may learn of a subgraph's errors (error-layer.md sections 3 and 7). */
import type * as z from 'zod';
import { named, openSection } from '../fields.ts';
import { type Compatibility, type ErrorOptions, errorDefaults, globalOptionsShape } from './error-options.ts';
import {
  type Audience,
  audiences,
  type Catalogue,
  catalogue,
  type ErrorRule,
  rules,
  type SubgraphErrorOverrides,
  subgraphOverrides,
} from './error-rules.ts';
import { completeLimits, completeScrub, type ErrorLimits, limitOptions, type ScrubOptions, scrubOptions } from './error-scrub.ts';

const block = openSection({
  ...globalOptionsShape,
  scrub: scrubOptions.describe('What is removed from every text, last, in every mode and for every audience.'),
  limits: limitOptions.describe('How much of errors an answer may hold. What is cut leaves one error with the true count.'),
  catalogue: catalogue.prefault({}).describe("One's own table of errors: codes and messages that replace those of subgraphs."),
  rules: rules.describe('Treat single errors differently. The first that matches wins.'),
  subgraphs: named(subgraphOverrides).describe('What differs for one subgraph, by its name.'),
  audiences: audiences.describe('Clients that may see other things than the public. The first that matches wins.'),
});

/**
 * The block with everything that it leaves open filled in by the profile's defaults. Overrides (rules, subgraphs, audiences) are as
 * they were written: an absent key is inherited.
 */
export interface ErrorPropagation extends ErrorOptions {
  readonly rules: readonly ErrorRule[];
  readonly subgraphs: ReadonlyMap<string, SubgraphErrorOverrides>;
  readonly audiences: readonly Audience[];
  readonly catalogue: Catalogue;
  readonly scrub: ScrubOptions;
  readonly limits: ErrorLimits;
}

export const errorPropagationKeys = {
  subgraph_error_propagation: block.prefault({}).describe('What clients learn of the errors of subgraphs.'),
};

type ErrorBlock = z.output<typeof block>;

/** Fills in the profile's defaults. */
export function completeErrorPropagation(input: ErrorBlock, compatibility: Compatibility): ErrorPropagation {
  const { codes, unknown, fallback } = input.catalogue ?? EMPTY_CATALOGUE;
  return {
    ...errorDefaults(compatibility),
    ...input,
    rules: input.rules ?? [],
    subgraphs: input.subgraphs ?? new Map(),
    audiences: input.audiences ?? [],
    catalogue: { codes, unknown, fallback },
    scrub: completeScrub(input.scrub, compatibility),
    limits: completeLimits(input.limits, compatibility),
  };
}

const EMPTY_CATALOGUE: Catalogue = catalogue.parse({});
