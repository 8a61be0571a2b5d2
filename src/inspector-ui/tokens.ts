/** Tokens of GraphQL and JSON, for their colours. Pure; every character of a text is in one token, in order. */

export interface Token {
  readonly text: string;
  readonly kind: string;
  readonly start: number;
}

// Texts may be cut anywhere: a string that has no end goes to the end of the text, or else each of its quotes would be tried anew.
const GRAPHQL =
  /(#[^\n]*)|("""[\s\S]*?(?:"""|$)|"(?:[^"\\\n]|\\[^\n])*(?:"|\\?(?=\n|$)))|(\$\w+)|(@\w+)|(\b(?:query|mutation|subscription|fragment|on)\b)|(\.\.\.)|(-?\b\d[\w.]*)|(\w+)|([\s\S])/g;
const GRAPHQL_KINDS = ['comment', 'string', 'variable', 'directive', 'keyword', 'punctuation', 'number', 'name', 'punctuation'];
const JSON_TEXT =
  /("(?:[^"\\]|\\[\s\S])*")(?=\s*:)|("(?:[^"\\]|\\[\s\S])*(?:"|\\?$))|(-?\b\d[\w.+-]*)|(\b(?:true|false|null)\b)|([^"\w-]+|[\s\S])/g;
const JSON_KINDS = ['key', 'string', 'number', 'keyword', 'punctuation'];

export function graphqlTokens(text: string): Iterable<Token> {
  return tokens(text, GRAPHQL, GRAPHQL_KINDS);
}

export function jsonTokens(text: string): Iterable<Token> {
  return tokens(text, JSON_TEXT, JSON_KINDS);
}

function* tokens(text: string, pattern: RegExp, kinds: readonly string[]): Iterable<Token> {
  for (const match of text.matchAll(pattern)) {
    const at = match.findIndex((group, i) => i > 0 && group !== undefined);
    yield { text: match[0], kind: kinds[at - 1] ?? 'punctuation', start: match.index };
  }
}
