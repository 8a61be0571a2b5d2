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
  const text = printJson(value);
  return { ...clipText(prettyJson(text.slice(0, 2 * max)), max), length: text.length };
}

const TOKENS = /(\[(?:(?:"(?:[^"\\]|\\.){0,40}"|[\w.+-]{1,40})(?:,|(?=\]))){1,8}\])|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Indents JSON text token by token: parsing it again could change its numbers. Short lists, such as paths, stay in one line. */
export function prettyJson(text: string): string {
  let out = '';
  let depth = 0;
  const newLine = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token, shortList] of text.matchAll(TOKENS)) {
    if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      out = /[{[]$/.test(out) ? out + token : out + newLine() + token;
      continue;
    }
    if (/[{[]$/.test(out)) out += newLine();
    out += shortList === undefined ? token : spaced(shortList);
    if (token === '{' || token === '[') depth++;
    else if (token === ',') out += newLine();
    else if (token === ':') out += ' ';
  }
  return out;
}

function spaced(list: string): string {
  return list.replace(/"(?:[^"\\]|\\.)*"|,/g, (token) => (token === ',' ? ', ' : token));
}
