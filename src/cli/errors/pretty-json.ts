import { isJsonArray, isJsonObject, type JsonValue, ownProperty, printJson } from '../../shared/json.ts';

const WIDTH = 110;

/** JSON for people: whatever fits into a line stays in one. `indent` stands before every line but the first. */
export function printPrettyJson(value: JsonValue, indent = ''): string {
  const line = printLine(value);
  if (indent.length + line.length <= WIDTH || !(isJsonArray(value) || isJsonObject(value))) return line;
  const deeper = `${indent}  `;
  const members = isJsonArray(value)
    ? value.map((item) => printPrettyJson(item, deeper))
    : Object.keys(value).map((key) => `${printJson(key)}: ${printPrettyJson(ownProperty(value, key) ?? null, deeper)}`);
  const [open, close] = isJsonArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${members.map((member) => deeper + member).join(',\n')}\n${indent}${close}`;
}

function printLine(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(printLine).join(', ')}]`;
  if (!isJsonObject(value)) return printJson(value);
  const members = Object.keys(value).map((key) => `${printJson(key)}: ${printLine(ownProperty(value, key) ?? null)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
