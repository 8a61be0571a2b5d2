/** A source tree as plain values for the schema, each in the form that its key asks for. */
import { dirname, resolve } from 'node:path';
import type * as z from 'zod';
import { keyOf, kindOf } from './field-kind.ts';
import { noteOf } from './fields.ts';
import type { SourceMap, SourceNode, SourceScalar } from './source.ts';
import { parseBoolean } from './variables.ts';

/**
 * Gives plain values for `field`: an empty section is an empty map, a single value stands for a list of one where the key allows it, a
 * text key takes a variable's digits as text, and file paths become absolute.
 *
 * What the schema does not know is passed on as it is, for the schema to refuse. Directories of files are relative to `cwd`.
 */
export function toInput(node: SourceNode, field: z.core.$ZodType | undefined, cwd: string): unknown {
  if (field === undefined) return plainValue(node);
  const kind = kindOf(field);
  switch (kind.kind) {
    case 'section':
      return isEmpty(node) ? {} : node.kind === 'map' ? mapInput(node, (key) => keyOf(kind.shape, key), cwd) : plainValue(node);
    case 'names':
      return isEmpty(node) ? {} : node.kind === 'map' ? mapInput(node, () => kind.value, cwd) : plainValue(node);
    case 'list':
      if (node.kind === 'list') return node.items.map((item) => toInput(item, kind.item, cwd));
      return kind.orOne && !isEmpty(node) ? [toInput(node, kind.item, cwd)] : plainValue(node);
    case 'variants': {
      const tag = node.kind === 'map' ? node.entries.get(kind.discriminator)?.node : undefined;
      return toInput(node, tag?.kind === 'scalar' ? kind.variants.get(tag.text) : undefined, cwd);
    }
    default:
      return node.kind === 'scalar' ? scalarInput(node, field, kind.kind, cwd) : plainValue(node);
  }
}

function isEmpty(node: SourceNode): boolean {
  return node.kind === 'scalar' && node.value === null && !node.broken;
}

function mapInput(node: SourceMap, fieldOf: (key: string) => z.core.$ZodType | undefined, cwd: string): unknown {
  return Object.fromEntries([...node.entries].map(([key, entry]) => [key, toInput(entry.node, fieldOf(key), cwd)]));
}

function scalarInput(node: SourceScalar, field: z.core.$ZodType, kind: 'text' | 'number' | 'boolean', cwd: string): unknown {
  if (node.value === null) return null;
  if (kind !== 'text') return node.expanded ? typedText(node.text, kind) : node.value;
  const note = noteOf(field);
  if (note.file === true && typeof node.value === 'string' && node.value !== '') return resolve(directoryOf(node, cwd), node.value);
  return note.textual === true || node.expanded ? node.text : node.value;
}

/** What relative paths in a value are relative to: the file that it stands in, or `cwd` for a variable. */
export function directoryOf(node: SourceNode, cwd: string): string {
  return node.origin.kind === 'file' ? dirname(resolve(cwd, node.origin.position.file)) : cwd;
}

function plainValue(node: SourceNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    default:
      return Object.fromEntries([...node.entries].map(([key, entry]) => [key, plainValue(entry.node)]));
  }
}

/** The value that a key of this kind wants; text that does not fit stays text, for the schema to refuse. */
function typedText(text: string, kind: 'number' | 'boolean'): string | number | boolean {
  if (kind === 'number') return /^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : text;
  return parseBoolean(text) ?? text;
}
