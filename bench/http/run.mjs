// Compares gateways side by side. See README.md.
//
//   node run.mjs --gateways hive-gateway-rr,apollo-gateway --modes users,errors [--rounds 3] [--json results/x.json]
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { GATEWAYS } from './gateways/index.mjs';
import { measureCell } from './lib/cell.mjs';
import { control, isPortFree, until } from './lib/http.mjs';
import { here } from './lib/paths.mjs';
import { startGroup, stopGroup } from './lib/process.mjs';
import { MODES } from './lib/queries.mjs';
import { printMarkdown } from './lib/report.mjs';
import { summarize } from './lib/summary.mjs';
import { SUBGRAPHS, subgraphPort, subgraphUrl, supergraphFor } from './lib/supergraph.mjs';
import { buildLoad } from './load.mjs';

const FLAGS = {
  gateways: { type: 'string' },
  modes: { type: 'string', default: 'identical,users,small,small-users,errors,down' },
  rounds: { type: 'string', default: '3' },
  connections: { type: 'string', default: '50' },
  warmup: { type: 'string', default: '5' },
  duration: { type: 'string', default: '15' },
  baseline: { type: 'string' },
  json: { type: 'string' },
  markdown: { type: 'string' },
  unpinned: { type: 'boolean', default: false },
  'gateway-core': { type: 'string', default: '1' },
  'load-core': { type: 'string', default: '0' },
  'port-base': { type: 'string', default: '4700' },
  logs: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
};

const { values: flags } = parseArgs({ options: FLAGS });
if (flags.list || !flags.gateways) {
  for (const g of Object.values(GATEWAYS)) console.log(`${g.name.padEnd(24)} ${g.absent() ? `not available: ${g.absent()}` : g.about}`);
  console.log(`\nmodes: ${Object.keys(MODES).join(', ')}`);
  process.exit(flags.list ? 0 : 2);
}

const names = flags.gateways.split(',');
const modes = flags.modes.split(',');
for (const name of names) if (!GATEWAYS[name]) fail(`no gateway '${name}'; there are ${Object.keys(GATEWAYS).join(', ')}`);
for (const mode of modes) if (!MODES[mode]) fail(`no mode '${mode}'; there are ${Object.keys(MODES).join(', ')}`);
const options = {
  rounds: Number(flags.rounds),
  connections: Number(flags.connections),
  warmup: Number(flags.warmup),
  duration: Number(flags.duration),
  logs: flags.logs,
  ...(flags.unpinned ? {} : { gatewayCore: Number(flags['gateway-core']), loadCore: Number(flags['load-core']) }),
};

const skipped = {};
const chosen = names.map((n) => GATEWAYS[n]).filter((g) => !(skipped[g.name] = g.absent()) && delete skipped[g.name]);
if (!chosen.length)
  fail(
    Object.entries(skipped)
      .map(([n, why]) => `${n}: ${why}`)
      .join('\n'),
  );
for (const [name, why] of Object.entries(skipped)) console.error(`skipped ${name}: ${why}`);
const baseline = flags.baseline ?? chosen[0].name;
if (!chosen.some(({ name }) => name === baseline)) console.error(`no ratios: ${baseline} is not measured`);
const versions = Object.fromEntries(chosen.map((g) => [g.name, { version: g.version(), about: g.about }]));

const basePort = Number(flags['port-base']);
const site = prepareSite();
buildLoad();
for (const name of ['control', ...SUBGRAPHS]) if (!(await isPortFree(portOf(name)))) fail(`port ${portOf(name)} is taken; see --port-base`);
if (options.loadCore !== undefined) execFileSync('taskset', ['-cp', String(options.loadCore), String(process.pid)], { stdio: 'ignore' });
const subgraphs = startGroup({
  command: process.execPath,
  args: [here('subgraphs.mjs'), '--port-base', String(basePort)],
  core: options.loadCore,
  logFile: join(site.workDir, 'subgraphs.log'),
});
const cells = [];
try {
  await until(() => control(basePort, '/stats'), {
    seconds: 10,
    gaveUp: () => subgraphs.exited,
    what: 'subgraphs (log: .work/subgraphs.log)',
  });
  for (let round = 1; round <= options.rounds; round++)
    for (const mode of modes)
      for (const adapter of chosen) {
        if (adapter.supports && !adapter.supports(mode)) continue;
        cells.push(await tryCell({ adapter, mode, round, site, subgraphs, options }));
      }
} finally {
  await stopGroup(subgraphs);
}

const rows = summarize(cells, { baseline, options });
const environment = {
  date: new Date().toISOString().slice(0, 16),
  cpu: cpus()[0].model,
  cores: cpus().length,
  kernel: release(),
  node: process.versions.node,
};
const report = printMarkdown({ rows, baseline, environment, options, versions, skipped });
if (flags.json) write(flags.json, JSON.stringify({ environment, options, baseline, versions, skipped, rows, cells }, null, 2));
if (flags.markdown) write(flags.markdown, report);
console.log(report);
process.exit(rows.every((r) => r.valid) ? 0 : 1);

function portOf(name) {
  return name === 'control' ? basePort : subgraphPort(basePort, name);
}

function prepareSite() {
  const workDir = here('.work');
  rmSync(workDir, { recursive: true, force: true });
  mkdirSync(workDir, { recursive: true });
  const supergraphFile = join(workDir, 'supergraph.graphql');
  writeFileSync(supergraphFile, supergraphFor(basePort));
  const subgraphList = SUBGRAPHS.map((name) => ({ name, url: subgraphUrl(basePort, name), sdlFile: here(`schema/${name}.graphql`) }));
  return { workDir, basePort, port: basePort + 10, path: '/graphql', supergraphFile, subgraphs: subgraphList, logs: flags.logs };
}

async function tryCell(job) {
  const { adapter, mode, round } = job;
  const label = `round ${round} ${mode} ${adapter.name}`;
  try {
    const cell = await measureCell(job);
    const wrong = cell.check.problems.length ? `  WRONG: ${cell.check.problems[0].slice(0, 120)}` : '';
    console.error(
      `${label}: ${cell.rps.toFixed(1)} rps, p99 ${cell.latencyMs.p99.toFixed(0)} ms, ${cell.cpuPer1000.toFixed(3)} CPU s/1000${wrong}`,
    );
    return cell;
  } catch (e) {
    console.error(`${label}: ${e.message}`);
    return { gateway: adapter.name, mode, round, failure: e.message };
  }
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
