/** GraphiQL, complete in one page: nothing is fetched from elsewhere, so it works offline. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface PlaygroundPage {
  readonly html: Buffer;
  readonly gzipped: Buffer;
}

const DEFAULT_TABS = [
  {
    query: `# Data of all four demo subgraphs in one answer.
query Employees {
  employees {
    id
    details { forename surname }
    hobbies { __typename }
    products
  }
}
`,
  },
  {
    query: `# A field that fails for one employee: everybody else keeps their data.
query PartialData {
  employees {
    id
    rootFieldThrowsError
  }
}
`,
  },
  {
    query: `# See the Headers tab below: every demo subgraph obeys x-fault, for example
# refuse, reset, status=502, html, empty, bad-json, not-graphql, slow=MS or cut.
query Fault {
  employees {
    id
    hobbies { __typename }
  }
}
`,
    headers: '{\n  "x-fault": "status=502"\n}',
  },
];

const compress = promisify(gzip);

/** The page for a GraphQL endpoint path. Costs nine megabytes of memory, so it is made when somebody first asks. */
export async function renderPlayground(graphqlPath: string): Promise<PlaygroundPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  // The options are printed into a script: a path must not be able to close it.
  const endpoint = graphqlPath.replaceAll('<', '%3C');
  const html = Buffer.from(renderGraphiQL({ title: 'Candor playground', endpoint, defaultTabs: DEFAULT_TABS }).trim());
  return { html, gzipped: await compress(html) };
}
