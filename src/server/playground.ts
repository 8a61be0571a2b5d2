/** GraphiQL, complete in one page: nothing is fetched from elsewhere, so it works offline. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface PlaygroundPage {
  readonly html: Buffer;
  readonly gzipped: Buffer;
}

/** With the header that breaks a demo subgraph. */
function faultTab(name: string, fault: string, what: string): { readonly query: string; readonly headers: string } {
  return {
    query: `# ${what}
# The Headers tab below holds the fault; see what became of it at /_candor/errors.
query ${name} {
  employees {
    id
    details { forename }
    hobbies { __typename }
    products
  }
}
`,
    headers: JSON.stringify({ 'x-fault': fault }, null, 2),
  };
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
  faultTab('BadGateway', 'products:status=502', 'A subgraph behind a proxy that cannot reach it: 502.'),
  faultTab('NotJson', 'products:html', 'A sign-in page where JSON should be.'),
  faultTab('CutShort', 'hobbies:cut', 'An answer that ends too early.'),
  faultTab('Refused', 'family:refuse, hobbies:empty', 'Two subgraphs at once: one hangs up, one says nothing.'),
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
