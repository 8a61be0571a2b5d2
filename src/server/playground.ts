/** GraphiQL, complete in one page: nothing is fetched from elsewhere, so it works offline. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** What a tab holds when the page opens. */
export interface PlaygroundTab {
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
}

export interface PlaygroundPage {
  readonly html: Buffer;
  readonly gzipped: Buffer;
}

/** Every graph answers this. */
const ANY_GRAPH: PlaygroundTab = { query: 'query {\n  __typename\n}\n', headers: new Map() };

const compress = promisify(gzip);

/** The page for a GraphQL endpoint path. Costs nine megabytes of memory, so it is made when somebody first asks. */
export async function renderPlayground(graphqlPath: string, tabs: readonly PlaygroundTab[]): Promise<PlaygroundPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const defaultTabs = (tabs.length === 0 ? [ANY_GRAPH] : tabs).map(({ query, headers }) => ({
    query,
    ...(headers.size > 0 && { headers: JSON.stringify(Object.fromEntries(headers), null, 2) }),
  }));
  const options = { title: 'Candor playground', endpoint: graphqlPath, defaultTabs };
  // It prints them as JSON into a script, which no path and no query may close.
  const printed = JSON.stringify(options);
  const page = renderGraphiQL(options).replace(printed, () => printed.replaceAll('<', '\\u003c'));
  const html = Buffer.from(page.trim());
  return { html, gzipped: await compress(html) };
}
