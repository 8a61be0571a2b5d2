import { isDeeperThan, type JsonValue, printJson } from '../../shared/json.ts';
import type { Clipped } from './wire.ts';

const MAX_LENGTH = 32_768;
const MAX_DEPTH = 100;

export function clipText(text: string, max = MAX_LENGTH): Clipped {
  return { text: text.length > max ? text.slice(0, max).toWellFormed() : text, length: text.length };
}

/** Pretty JSON, with numbers as they were written. */
export function clipJson(value: JsonValue, max = MAX_LENGTH): Clipped {
  if (isDeeperThan(value, MAX_DEPTH)) return clipText('(nests too deeply to be shown)');
  return clipPretty(printJson(value), max);
}

/** JSON text, indented. Of a long one only the beginning is; what is behind it counts as it stands. */
export function clipPretty(text: string, max = MAX_LENGTH): Clipped {
  const head = text.slice(0, 2 * max);
  const pretty = prettyJson(head);
  return { ...clipText(pretty, max), length: pretty.length + text.length - head.length };
}

// A string that is cut ends with the text: nobody looks for its end from every quote within it.
const TOKENS = /(\[(?:(?:"(?:[^"\\]|\\.){0,40}"|[\w.+-]{1,40})(?:,|(?=\]))){1,8}\])|"(?:[^"\\]|\\[^])*(?:"|\\?$)|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Lines that stand deeper are indented no further, or a reply of brackets alone would become its own square. */
const MAX_INDENT = 40;

/** Indents JSON text token by token: parsing it again could change its numbers. Short lists, such as paths, stay in one line. */
export function prettyJson(text: string): string {
  let out = '';
  let depth = 0;
  let isOpened = false;
  const newLine = (): string => `\n${'  '.repeat(Math.min(depth, MAX_INDENT))}`;
  for (const [token, shortList] of text.matchAll(TOKENS)) {
    const wasOpened = isOpened;
    isOpened = token === '{' || token === '[';
    if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      out += wasOpened ? token : newLine() + token;
      continue;
    }
    if (wasOpened) out += newLine();
    out += shortList === undefined ? token : spaced(shortList);
    if (isOpened) depth++;
    else if (token === ',') out += newLine();
    else if (token === ':') out += ' ';
  }
  return out;
}

function spaced(list: string): string {
  return list.replace(/"(?:[^"\\]|\\.)*"|,/g, (token) => (token === ',' ? ', ' : token));
}
