/** Stack traces and SQL in a text. */
import { type Finder, isWord, NOTHING, type Span } from './spans.ts';

const STACK_LINE: readonly RegExp[] = [
  /^\s*at .*(?:\)|:\d+)\s*$/, // JavaScript, Java, .NET
  /^\s*(?:Caused by: |\.\.\. \d+ more)/, // Java
  /^\s*(?:Traceback \(most recent call last\)|File ".*", line \d+)/, // Python
  /^\s*(?:goroutine \d+ \[|\S+\.go:\d+)/, // Go
  /^\s*--- End of /, // .NET
];

/** Whole lines that belong to a stack trace of JavaScript, Java, Python, Go or .NET. */
export const findStackTraces: Finder = (text) => {
  const found: Span[] = [];
  let start = 0;
  while (start <= text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    // The ends of a line decide; what is between them may be as long as it likes.
    const line = end - start <= 2000 ? text.slice(start, end) : `${text.slice(start, start + 1000)}${text.slice(end - 1000, end)}`;
    if (STACK_LINE.some((pattern) => pattern.test(line)) || isDotNetLine(line)) found.push([start, end]);
    start = end + 1;
  }
  return found;
};

/** `at Type.Method(…) in C:\\x.cs:line 10`; as one expression it would take quadratic time. */
function isDotNetLine(line: string): boolean {
  return /^\s*at /.test(line) && line.includes(' in ') && /:line \d/.test(line);
}

/** Statements by the words that begin them, and the words that must follow. */
const STATEMENTS: readonly (readonly [begin: string, follow: string])[] = [
  ['select', 'from'],
  ['insert', 'into'],
  ['update', 'set'],
  ['delete', 'from'],
  ['create', 'table'],
  ['alter', 'table'],
  ['drop', 'table'],
  ['truncate', 'table'],
  ['merge', 'into'],
];

/** Every statement has one of the words that follow; most texts do not. */
const FOLLOWER = new RegExp([...new Set(STATEMENTS.map(([, follow]) => follow))].join('|'), 'i');

/** From the first word of an SQL statement to the end of the text: where a statement ends, only a parser could tell. */
export const findSql: Finder = (text) => {
  if (!FOLLOWER.test(text)) return NOTHING;
  const lower = text.toLowerCase();
  let first: number | null = null;
  for (const [begin, follow] of STATEMENTS) {
    const start = indexOfWord(lower, begin, 0);
    if (start === null || (first !== null && start >= first)) continue;
    if (indexOfWord(lower, follow, start + begin.length) !== null) first = start;
  }
  return first === null ? NOTHING : [[first, text.length]];
};

function indexOfWord(text: string, word: string, from: number): number | null {
  for (let at = text.indexOf(word, from); at >= 0; at = text.indexOf(word, at + word.length)) {
    if (!isWordAt(text, at - 1) && !isWordAt(text, at + word.length)) return at;
  }
  return null;
}

function isWordAt(text: string, at: number): boolean {
  return isWord(text.charCodeAt(at));
}
