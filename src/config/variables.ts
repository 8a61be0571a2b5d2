/** Variables inside scalars: `${NAME}` and `${NAME:-default}`. Any other `$` is just a character. */

/** The environment: own properties only. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expansion {
  readonly text: string;
  readonly hasVariables: boolean;
  /** Names that are not set and have no default. */
  readonly missing: readonly string[];
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

export function readVariable(environment: Environment, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

/** Expands once: what a variable holds is not looked at again. A default also stands in for an empty variable. */
export function expandVariables(text: string, environment: Environment): Expansion {
  const missing: string[] = [];
  let hasVariables = false;
  const expanded = text.replace(VARIABLE, (_match, name: string, fallback: string | undefined) => {
    hasVariables = true;
    const value = readVariable(environment, name);
    if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
    if (value === undefined) missing.push(name);
    return value ?? '';
  });
  return { text: expanded, hasVariables, missing };
}

/** What a variable's text says of a key that is true or false, as Go reads it; null when it says neither. */
export function parseBoolean(text: string): boolean | null {
  if (/^(?:1|t|true)$/i.test(text)) return true;
  return /^(?:0|f|false)$/i.test(text) ? false : null;
}
