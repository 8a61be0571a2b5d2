/** Errors as JSON text. */
import type { ClientError } from '../errors/policy/client-error.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownProperty, printJson } from '../shared/json.ts';

/** So many texts are remembered for one answer. */
const MAX_KNOWN = 1000;

/**
 * The same text as `printJson` makes.
 *
 * Errors of one answer share much, an error at many places all but its path: what is the same object, or the same short text, is
 * printed once.
 */
export function printErrors(errors: readonly ClientError[]): string {
  return new ErrorPrinter().list(errors);
}

class ErrorPrinter {
  readonly #known = new Map<JsonObject | string, string>();

  list(errors: readonly JsonValue[]): string {
    let text = '';
    for (const error of errors) text += (text === '' ? '' : ',') + (isJsonObject(error) ? this.#error(error) : printJson(error));
    return `[${text}]`;
  }

  #error(error: JsonObject): string {
    let text = '';
    for (const key of Object.keys(error)) {
      const value = error[key] ?? null;
      text += `${text === '' ? '' : ','}${this.#once(key)}:${this.#member(key, value)}`;
    }
    return `{${text}}`;
  }

  #member(key: string, value: JsonValue): string {
    if (typeof value === 'string') return this.#once(value);
    if (key === 'path' && isJsonArray(value)) return this.#path(value);
    if (key !== 'extensions' || !isJsonObject(value)) return printJson(value);
    const inner = ownProperty(value, 'errors');
    return isJsonArray(inner) ? this.#wrapper(value, inner) : this.#once(value);
  }

  /** Extensions of a wrapper, whose errors share with one another. */
  #wrapper(extensions: JsonObject, inner: readonly JsonValue[]): string {
    const members = Object.keys(extensions).map((key) => {
      const value = extensions[key] ?? null;
      return `${this.#once(key)}:${value === inner ? this.list(inner) : printJson(value)}`;
    });
    return `{${members.join(',')}}`;
  }

  #path(path: readonly JsonValue[]): string {
    let text = '';
    for (const segment of path) {
      const printed =
        typeof segment === 'string' ? this.#once(segment) : typeof segment === 'number' ? String(segment) : printJson(segment);
      text += text === '' ? printed : `,${printed}`;
    }
    return `[${text}]`;
  }

  #once(value: JsonObject | string): string {
    let text = this.#known.get(value);
    if (text === undefined) {
      text = printJson(value);
      if (this.#known.size < MAX_KNOWN) this.#known.set(value, text);
    }
    return text;
  }
}
