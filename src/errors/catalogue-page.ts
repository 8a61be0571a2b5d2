/** `docs/errors.md`: every code of this router, printed from the one table. */
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';

export interface GeneratedPage {
  /** Relative to the project's root. */
  readonly path: string;
  readonly content: string;
}

const INTRODUCTION = `# Error codes

<!-- Generated from src/errors/catalogue.ts by \`npm run generate\`; a test compares. -->

Every error that this router makes has a code in \`extensions.code\`. Errors that a subgraph sends keep their own code, or get
\`default_extension_code\` (\`DOWNSTREAM_SERVICE_ERROR\`) when they have none; so does the wrapper of a failed fetch, unless all errors in it
share one. With \`compatibility: cosmo\` only \`RATE_LIMIT_EXCEEDED\` and \`PERSISTED_QUERY_NOT_FOUND\` are shown, and Cosmo's own codes for values.

*Whose fault*: who has to change something. *Retryable*: whether trying the same again may help; a mutation may only be repeated when nothing
was sent (\`attach_mutation_outcome\`). In messages, capital letters stand for what differs; \` at Path 'PATH'\` is absent for root fetches.
`;

const GROUPS: readonly (readonly [title: string, isMember: (code: string) => boolean])[] = [
  ['Fetches', (code) => code.startsWith('SUBGRAPH_') || code === 'RATE_LIMIT_EXCEEDED'],
  ['Values', (code) => code === 'NULL_NOT_ALLOWED' || code.startsWith('INVALID_')],
  ['Requests and the router itself', () => true],
];

/** The page as it must stand in the project. */
export function errorsPage(): GeneratedPage {
  let rest = Object.entries(CATALOGUE);
  const sections = GROUPS.map(([title, isMember]) => {
    const members = rest.filter(([code]) => isMember(code));
    rest = rest.filter(([code]) => !isMember(code));
    return `## ${title}\n\n${members.map(([code, entry]) => printEntry(code, entry)).join('\n')}`;
  });
  return { path: 'docs/errors.md', content: `${INTRODUCTION}\n${sections.join('\n')}` };
}

function printEntry(code: string, { meaning, message, origin, retryable, action }: CatalogueEntry): string {
  return `### ${code}

${meaning}

| | |
|---|---|
| Message | \`${message}\` |
| Whose fault | ${origin} |
| Retryable | ${retryable === 'status' ? 'depends on the status: 408, 425, 429 and 5xx' : retryable ? 'yes' : 'no'} |
| What to do | ${action} |
`;
}
