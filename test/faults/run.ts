/**
 * The fault suite as a command.
 *
 *     npm run faults                                       against the project's own router
 *     npm run faults -- --target URL --subgraphs PORTBASE  against any gateway
 *
 * With a target, the fixture subgraphs listen on PORTBASE and the next ports, in alphabetical order, and the gateway must have been
 * started with their schemas (`graphs/shop`). Played are the scenarios that need no special configuration; checked are status, data,
 * number and paths of errors, text that must not appear and upstream calls, since words and codes are each gateway's own.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Fleet } from '../support/scripted-subgraph.ts';
import { healthyAnswer } from './fixtures.ts';
import { playForeign, playVariant, scriptsOf } from './play.ts';
import { graphFiles, readSections, type Scenario, type Section, type Variant } from './scenario.ts';

const DEFAULT_PORT = '4200';

interface Tally {
  passed: number;
  failed: number;
  pending: number;
}

type Play = (variant: Variant) => Promise<readonly string[]>;

async function playSection({ section, title, scenarios }: Section, isPending: (scenario: Scenario) => boolean, play: Play): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: 0, pending: 0 };
  const lines: string[] = [];
  for (const scenario of scenarios) {
    if (isPending(scenario)) {
      tally.pending++;
      if (scenario.pending !== null) lines.push(`   ${scenario.id} pending: ${scenario.pending}`);
      continue;
    }
    // One after the other: a line per section, in order, and no rivalry for the processor.
    // oxlint-disable-next-line eslint/no-await-in-loop
    const problems = await playScenario(scenario, play);
    if (problems.length === 0) tally.passed++;
    else tally.failed++;
    lines.push(...problems.map((problem) => `   ${scenario.id} ${problem}`));
  }
  print(`${section}  ${title}: ${tally.passed} passed, ${tally.failed} failed, ${tally.pending} pending`);
  for (const line of lines) print(line);
  return tally;
}

async function playScenario({ variants }: Scenario, play: Play): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const variant of variants) {
    if (variant.pending !== undefined) continue;
    // oxlint-disable-next-line eslint/no-await-in-loop
    const found = await play(variant).catch((error: unknown) => [String(error)]);
    problems.push(...found.map((problem) => (variant.name === '' ? problem : `${variant.name}: ${problem}`)));
  }
  return problems;
}

async function playAll(isPending: (scenario: Scenario) => boolean, play: Play): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0, pending: 0 };
  for (const section of readSections()) {
    // oxlint-disable-next-line eslint/no-await-in-loop
    const { passed, failed, pending } = await playSection(section, isPending, play);
    total.passed += passed;
    total.failed += failed;
    total.pending += pending;
  }
  return total;
}

/** Whether a scenario says nothing about a gateway that stands as it is. */
const isOutOfReach = ({ pending, variants }: Scenario): boolean => pending !== null || variants.every((variant) => variant.needsOwnRouter);

/** Against a foreign gateway: one fleet, which a scenario may make refuse by closing a port for as long as it takes. */
async function playAgainst(target: string, firstPort: number): Promise<Tally> {
  const files = graphFiles('shop');
  const healthy = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, healthyAnswer(name, readFileSync(file, 'utf8'))]));
  const ports = Object.fromEntries(Object.keys(files).map((name, i) => [name, firstPort + i]));
  for (const [name, port] of Object.entries(ports)) print(`${name} listens on http://127.0.0.1:${port}/graphql when a scenario is played`);
  return playAll(isOutOfReach, async (variant) => {
    if (variant.needsOwnRouter) return [];
    const fleet = await Fleet.start(scriptsOf(variant), healthy, ports);
    try {
      return await playForeign(variant, fleet, target);
    } finally {
      await fleet.close();
    }
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { target: { type: 'string' }, subgraphs: { type: 'string', default: DEFAULT_PORT } } });
  const firstPort = Number(values.subgraphs);
  if (!Number.isInteger(firstPort) || firstPort < 1 || firstPort > 65_000) {
    process.stderr.write(`--subgraphs ${values.subgraphs}: expected the first of four free ports, such as ${DEFAULT_PORT}\n`);
    return 2;
  }
  const { passed, failed, pending } =
    values.target === undefined
      ? await playAll(({ pending: feature }) => feature !== null, playVariant)
      : await playAgainst(values.target, firstPort);
  print(`${passed} passed, ${failed} failed, ${pending} pending`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
