/** YAML text to a document, for text that may be hostile. */
import { Composer, type CST, type Document, Lexer, type LineCounter, Parser, YAMLParseError } from 'yaml';
import { err, ok, type Result } from '../shared/result.ts';

const MAX_TEXT_LENGTH = 16 * 1024 * 1024;

/** Levels of open collections, a document and a key or two included. */
const MAX_OPEN = 100;

/** Parses the text; syntax errors are in the document. The error is a sentence about the text as a whole. `lines` learns where lines begin. */
export function parseYamlDocument(text: string, lines: LineCounter): Result<Document.Parsed, string> {
  if (text.length > MAX_TEXT_LENGTH) return err('is larger than 16 MiB');
  try {
    const tokens = tokensOf(text, lines);
    return tokens === null ? err('is nested too deeply') : compose(tokens, text.length);
  } catch {
    // The package reports what is wrong with a text; this is for what it did not foresee.
    return err('cannot be parsed as YAML');
  }
}

function compose(tokens: readonly CST.Token[], end: number): Result<Document.Parsed, string> {
  // uniqueKeys compares every pair of keys, so the reader looks for doubles itself; the schema is fixed, whatever a %YAML directive says.
  const composer = new Composer({ uniqueKeys: false, schema: 'core' });
  let first: Document.Parsed | null = null;
  for (const document of composer.compose(tokens, true, end)) {
    if (first === null) first = document;
    else
      first.errors.push(
        new YAMLParseError([document.range[0], document.range[1]], 'MULTIPLE_DOCS', 'a second document begins here; keep one'),
      );
  }
  return first === null ? err('cannot be parsed as YAML') : ok(first);
}

/**
 * The text's tokens, or null when they nest too deeply for what comes next, which recurses.
 *
 * The limit must hold before that: a regular expression that V8 compiles at the very end of the stack ends the process.
 */
function tokensOf(text: string, lines: LineCounter): readonly CST.Token[] | null {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_OPEN) return null;
  }
  tokens.push(...parser.end());
  return tokens;
}
