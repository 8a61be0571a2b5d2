/** `docs/configuration.md`: every key with type, default, environment variable and meaning. */
import * as z from 'zod';
import { type DefaultOf, defaultsOf } from './defaults.ts';
import { variableKeys } from './environment.ts';
import { kindOf } from './field-kind.ts';
import { definitionOf, layersOf, noteOf } from './fields.ts';
import { rootShape } from './schema.ts';

const INTRODUCTION = `# Configuration

<!-- Generated from the schema in src/config by \`npm run generate\`. Do not edit. -->

One YAML file, \`router.config.yaml\` by default. \`--config FILE\` names another; given several times, or as a list separated by commas in
\`CONFIG_PATH\`, later files win: maps are merged, lists and values replaced. Everything has a default; the only thing needed is a graph,
\`subgraphs\` or \`execution_config\`.

\`\`\`yaml
# yaml-language-server: $schema=./router.config.schema.json
version: "1"
subgraphs:
  - name: employees
    routing_url: http://localhost:4001/graphql
    schema: { file: subgraphs/employees/schema.graphql }
\`\`\`

**Layers.** A default yields to an environment variable, that to the files, and \`dev_mode\` overrides what it forces. A \`.env\` file in the
working directory fills in variables that the environment does not set. An empty variable counts as not set. Lists are separated by commas.

**Variables in the file.** \`\${NAME}\` and \`\${NAME:-default}\` are expanded inside values, so that a variable can never add keys. A variable
that is not set and has no default is an error; the default also stands in for an empty one. Numbers and booleans keep their type. Inside
\`{ }\` and \`[ ]\` YAML asks for quotes: \`{ value: "\${API_KEY}" }\`. Any other \`$\` is just a character.

**Problems.** All problems of all files are reported at once as \`file:line:column key: what is wrong\`, and the start fails. Unknown keys are
problems. Values from the environment are never printed.

**Values.** Durations as in Go: \`300ms\`, \`5s\`, \`1m30s\`. Sizes: \`5MB\` is 5,000,000 bytes, \`4KiB\` is 4,096. Files are relative to the file
that names them. In the tables, \`<name>\` stands for a name of yours and \`[]\` for an entry of a list. Where a default differs in
\`compatibility: cosmo\`, it follows in brackets.
`;

const TABLE_HEAD = ['| Key | Type | Default | Environment | Meaning |', '|---|---|---|---|---|'];

export function configurationPage(): string {
  const page = new Page();
  const keys = Object.entries(rootShape);
  const isScalar = ([, field]: (typeof keys)[number]): boolean => kindOf(field).kind !== 'section' && typeOf(field) !== 'list of maps';
  const sections = keys.filter((key) => !isScalar(key)).map(([key, field]) => page.section(key, field));
  return [INTRODUCTION, page.general(keys.filter(isScalar)), ...sections].join('\n');
}

/** Writes sections; remembers what it has explained, so that blocks which share options explain them once. */
class Page {
  readonly #explained = new Map<unknown, string>();
  readonly #none: DefaultOf = defaultsOf('none');
  readonly #cosmo: DefaultOf = defaultsOf('cosmo');
  readonly #variables = new Map(variableKeys(rootShape).map(({ path, variables }) => [path.join('.'), variables]));

  /** The keys that hold a single value. */
  general(keys: readonly (readonly [string, z.core.$ZodType])[]): string {
    return ['## General', '', ...TABLE_HEAD, ...keys.flatMap(([key, field]) => this.#rows(key, field, [key])), ''].join('\n');
  }

  section(key: string, field: z.core.$ZodType): string {
    const intro = kindOf(field).kind === 'section' ? [describe(field), ''] : [];
    return [`## \`${key}\``, '', ...intro, ...TABLE_HEAD, ...this.#rows(key, field, [key]), ''].join('\n');
  }

  #rows(name: string, field: z.core.$ZodType, path: readonly string[] | null): readonly string[] {
    const kind = kindOf(field);
    switch (kind.kind) {
      case 'section':
        return this.#sectionRows(name, kind.shape, path);
      case 'names':
        return [this.#row(name, field, 'map by name', null), ...this.#memberRows(`${name}.<name>`, kind.value)];
      case 'list':
        return [this.#row(name, field, typeOf(field), path), ...this.#memberRows(`${name}[]`, kind.item)];
      case 'variants':
        return [...kind.variants].flatMap(([tag, variant]) => this.#memberRows(`${name} (${tag})`, variant));
      default:
        return [this.#row(name, field, typeOf(field), path)];
    }
  }

  #memberRows(name: string, field: z.core.$ZodType): readonly string[] {
    const { kind } = kindOf(field);
    return kind === 'section' || kind === 'variants' ? this.#rows(name, field, null) : [];
  }

  #sectionRows(name: string, shape: Readonly<Record<string, z.core.$ZodType>>, path: readonly string[] | null): readonly string[] {
    const known = new Map<string, string[]>();
    const rows: string[] = [];
    for (const [key, field] of Object.entries(shape)) {
      const identity = layersOf(field).at(-1);
      const before = this.#explained.get(identity);
      if (before === undefined) {
        this.#explained.set(identity, `${name}.${key}`);
        if (kindOf(field).kind === 'section' && describe(field) !== '') rows.push(this.#row(`${name}.${key}`, field, 'map', null));
        rows.push(...this.#rows(`${name}.${key}`, field, path === null ? null : [...path, key]));
      } else {
        const owner = before.slice(0, before.lastIndexOf('.'));
        known.set(owner, [...(known.get(owner) ?? []), `\`${key}\``]);
      }
    }
    for (const [owner, keys] of known) rows.push(`| \`${name}.…\` | | | | ${keys.join(', ')}: as in \`${owner}\`. |`);
    return rows;
  }

  #row(name: string, field: z.core.$ZodType, type: string, path: readonly string[] | null): string {
    const variables = path === null ? [] : (this.#variables.get(path.join('.')) ?? []);
    const cells = [
      `\`${name}\``,
      type,
      this.#defaultCell(field, path),
      variables.map((variable) => `\`${variable}\``).join(', '),
      describe(field),
    ];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  }

  #defaultCell(field: z.core.$ZodType, path: readonly string[] | null): string {
    const own = ownDefault(field);
    const none = own ?? (path === null ? undefined : this.#none(path));
    const cosmo = own ?? (path === null ? undefined : this.#cosmo(path));
    if (none === undefined) return '';
    // Only where YAML may say null is it a value; elsewhere it is the absence of one.
    const word = (value: unknown): string => (value === null && !isNullable(field) ? 'none' : printed(value));
    return word(none) === word(cosmo) ? word(none) : `${word(none)} (${word(cosmo)})`;
  }
}

function isNullable(field: z.core.$ZodType): boolean {
  return layersOf(field).some((layer) => definitionOf(layer).type === 'nullable');
}

/** A default that the schema itself writes, in the words of YAML. */
function ownDefault(field: z.core.$ZodType): unknown {
  const json = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' });
  const value = json.default;
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : value;
}

function printed(value: unknown): string {
  if (Array.isArray(value)) return `\`[${value.map(String).join(', ')}]\``;
  return typeof value === 'string' && value !== '' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``;
}

function typeOf(field: z.core.$ZodType): string {
  const { type } = noteOf(field);
  if (type !== undefined) return type;
  const kind = kindOf(field);
  switch (kind.kind) {
    case 'list':
      return kind.orOne ? `${typeOf(kind.item)}, or a list` : `list of ${typeOf(kind.item)}`;
    case 'text':
      return kind.options.length === 0 ? 'text' : kind.options.map((option) => `\`${option}\``).join(', ');
    case 'number':
      return 'number';
    case 'boolean':
      return '`true`, `false`';
    default:
      return 'maps';
  }
}

function describe(field: z.core.$ZodType): string {
  for (const layer of layersOf(field)) {
    const description = z.globalRegistry.get(layer)?.description;
    if (description !== undefined) return description;
  }
  return '';
}
