import type { EntryDetail, EntrySummary } from '../../src/server/inspector/wire.ts';

export const SAMPLE_SUMMARY: EntrySummary = {
  id: 0,
  group: 'g',
  time: 1,
  subgraph: 's',
  code: 'C',
  kind: 'graphql',
  status: 200,
  message: 'm',
  operationName: null,
  operationType: 'query',
  path: null,
  durationMs: 1,
  requestId: 'r',
};

export const SAMPLE_ENTRY: EntryDetail = {
  ...SAMPLE_SUMMARY,
  operation: { document: { text: '{ a }', length: 5 }, marks: [], variables: null },
  plan: null,
  sent: null,
  reply: null,
  errorCount: 1,
  attempts: 1,
  stages: [],
  audiences: [],
  copies: { curl: null, golden: null, explain: null },
};
