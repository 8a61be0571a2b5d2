/** The files that come from the schema; a check compares them with what is in the repository. */
import { configurationPage } from './documentation.ts';
import { routerJsonSchema } from './json-schema.ts';

export interface GeneratedFile {
  /** Relative to the repository. */
  readonly path: string;
  readonly content: string;
}

export function generatedFiles(): readonly GeneratedFile[] {
  return [
    { path: 'router.config.schema.json', content: `${JSON.stringify(routerJsonSchema(), null, 2)}\n` },
    { path: 'docs/configuration.md', content: configurationPage() },
  ];
}
