// Composes schema/*.graphql into supergraph.graphql (checked in). URLs stay placeholders: `http://subgraphs.invalid/NAME`.
import { readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';
import { here } from './lib/paths.mjs';
import { placeholderUrl, SUBGRAPHS } from './lib/supergraph.mjs';

const result = composeServices(
  SUBGRAPHS.map((name) => ({
    name,
    url: placeholderUrl(name),
    typeDefs: parse(readFileSync(here(`schema/${name}.graphql`), 'utf8')),
  })),
);
if (result.errors?.length) {
  for (const e of result.errors) console.error(e.message);
  process.exit(1);
}
writeFileSync(here('supergraph.graphql'), result.supergraphSdl.trim() + '\n');
console.log('supergraph.graphql written');
