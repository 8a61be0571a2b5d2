/** An explanation for people. */
import type { Change, ExplainedDraft, ExplainedError, ExplainedExchange, Explanation } from '../../explain/model.ts';
import { printSource } from '../../explain/setting-sources.ts';
import { invariant } from '../../shared/assert.ts';
import { isJsonObject, printJson } from '../../shared/json.ts';
import { printPrettyJson } from './pretty-json.ts';

const MAX_VALUE = 200;

export function printExplanation(explanation: Explanation): string {
  const { audience, profile, exchanges, placed, drafts, notExplained, notTraced, notShown, response } = explanation;
  const { status, headers, errors, extensions } = response;
  return [
    `For the audience ${audience}${profile === 'cosmo' ? ', compatibility: cosmo' : ''}:\n`,
    ...exchanges.map(printExchange),
    '2. Where the errors stand and what treats them\n',
    ...(placed.length === 0 ? ['   no errors\n'] : placed.map(printPlaced)),
    ...(notExplained === 0 ? [] : [`   ${notExplained} further errors are not told of here\n`]),
    '3. What each option does\n',
    ...(drafts.length === 0 ? ['   nothing\n'] : drafts.map(printDraft)),
    ...(notTraced === 0 ? [] : [`   ${notTraced} further errors are treated one by one, too\n`]),
    ...(notShown === 0 ? [] : [`   limits: ${notShown} errors are cut off\n`]),
    '4. What the client gets\n',
    `   HTTP ${status}\n`,
    ...headers.map(([name, value]) => `   ${name}: ${value}\n`),
    `   errors: ${printPrettyJson(errors, '   ')}\n`,
    ...(extensions === null ? [] : [`   extensions: ${printPrettyJson(extensions, '   ')}\n`]),
  ].join('');
}

/** For programs. Not with `JSON.stringify`, which would print numbers that a double cannot hold as something else. */
export function printAsJson(explanation: Explanation): string {
  invariant(isJsonObject(explanation), 'an explanation is plain JSON');
  return `${printPrettyJson(explanation)}\n`;
}

function printExchange({ subgraph, status, kinds, reasons, entries }: ExplainedExchange): string {
  const lines = [
    `1. What subgraph ${subgraph} said: ${kinds.join(', ')}${status === null ? '' : `, status ${status}`}`,
    ...reasons.map((reason) => `   ${reason}`),
    ...entries.map(
      ({ index, message, path }) => `   error ${index}: ${clip(message)}${path === null ? ', without a path' : ` at ${printPath(path)}`}`,
    ),
    ...entries.flatMap(({ index, repairs }) => repairs.map((repair) => `   error ${index} is repaired: ${repair}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function printPlaced({ kind, index, paths, rules, catalogue, settings }: ExplainedError): string {
  const mode = settings.find(({ key }) => key === 'mode');
  const lines = [
    `   ${index === null ? kind : `error ${index}`}: ${paths.map((path) => (path === null ? 'no path' : printPath(path))).join(', ')}`,
    `     mode: ${printJson(mode?.value ?? null)} (${mode?.sources.map(printSource).join(', then ') ?? 'default'})`,
    ...rules.map(({ rule, source }) => `     rule that matches: ${rule} (${printSource(source)})`),
    ...(catalogue === null
      ? []
      : [`     catalogue: ${catalogue.code}${catalogue.declared ? '' : ', the fallback'} (${printSource(catalogue.source)})`]),
  ];
  return `${lines.join('\n')}\n`;
}

const SUBJECTS: Readonly<Record<ExplainedDraft['subject'], string>> = {
  nested: 'inside the wrapper',
  entry: 'passed through',
  wrapper: 'the wrapper',
  failure: 'the failed fetch',
  dependency: 'the skipped fetch',
  value: 'the value',
};

function printDraft({ subject, index, path, steps, withheld }: ExplainedDraft): string {
  const place = path === null ? '' : ` at ${printPath(path)}`;
  const lines = [
    `   ${index === null ? '' : `error ${index}, `}${SUBJECTS[subject]}${place}`,
    ...steps.flatMap(({ key, source, changes }) =>
      changes.map((change) => `     ${printChange(change)}   ${key} (${printSource(source)})`),
    ),
    ...withheld.map(({ member, by, source, reason }) => `     withheld: ${member}   ${by} (${printSource(source)}): ${reason}`),
  ];
  return `${lines.join('\n')}\n`;
}

function printChange({ member, action, value }: Change): string {
  return action === 'removed' ? `removed ${member}` : `${action} ${member} = ${clip(printJson(value))}`;
}

function printPath(path: readonly (string | number)[]): string {
  return path.join('.');
}

function clip(text: string): string {
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text;
}
