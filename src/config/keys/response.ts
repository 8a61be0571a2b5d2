/** `response` and `subgraph_extension_propagation`: the answer as a whole. */
import * as z from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { parsedText, section } from '../fields.ts';
import { HEADER_NAME } from './headers.ts';

const VALIDATION_EXPECTED = 'expected auto, 200, 400 or 422';

function parseValidationStatus(text: string): Result<'auto' | 200 | 400 | 422, string> {
  switch (text) {
    case 'auto':
      return ok('auto');
    case '200':
      return ok(200);
    case '400':
      return ok(400);
    case '422':
      return ok(422);
    default:
      return err(VALIDATION_EXPECTED);
  }
}

/** Headers that the router or Node may write itself: a second line of one would break the answer. */
const TAKEN_HEADERS: ReadonlySet<string> = new Set([
  'allow',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'retry-after',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'x-request-id',
  'x-router-error-id',
]);
const isTaken = (name: string): boolean => TAKEN_HEADERS.has(name.toLowerCase()) || /^access-control-/i.test(name);

/** An answer with one of these has no body, so its errors would be lost. */
const hasBody = (status: number): boolean => status !== 204 && status !== 205 && status !== 304;
const NO_BODY = { error: 'is a status whose answer has no body; choose another' };

export const responseKeys = {
  response: section({
    completeness_header: z
      .string()
      .regex(HEADER_NAME, { error: 'expected the name of a header, or null' })
      .refine((name) => !isTaken(name), { error: 'is a header that the router writes itself; choose another' })
      .nullable()
      .default('X-Router-Completed')
      .describe('Header that says `true` or `false`: whether the answer is complete. `null`: none.'),
    partial_status: z
      .int()
      .min(200)
      .max(299)
      .refine(hasBody, NO_BODY)
      .default(200)
      .describe('Status of an answer with data and errors, for `application/graphql-response+json`; 294 is what its draft proposes.'),
    all_failed_status: z.int().min(200).max(599).refine(hasBody, NO_BODY).default(200).describe('Status when every fetch failed.'),
    validation_status: parsedText(parseValidationStatus, VALIDATION_EXPECTED, { type: '`auto`, `200`, `400` or `422`' })
      .prefault('auto')
      .describe(
        'Status of requests that do not parse or validate. `auto`: 200 for `application/json`, 400 for `application/graphql-response+json`, as GraphQL over HTTP asks for.',
      ),
  })
    .prefault({})
    .describe('Status and headers of answers.'),
  subgraph_extension_propagation: section({
    enabled: z.boolean().default(false).describe('Pass on the response-level `extensions` of subgraphs.'),
    allowed_extension_fields: z.array(z.string().min(1)).default([]).describe('Which of their keys.'),
    algorithm: z
      .enum(['first_write', 'last_write'])
      .default('first_write')
      .describe('Which value wins when several subgraphs send the same key.'),
  })
    .prefault({})
    .describe('Response-level `extensions` of subgraphs; those of errors are the business of `subgraph_error_propagation`.'),
};
