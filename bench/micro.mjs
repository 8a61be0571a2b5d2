// Micro benchmarks: what one error costs, that many errors cost no more each, what a heavy operation costs without HTTP, and what a
// large policy costs a healthy request. Run by `npm run bench`; figures are medians, in one process, on an otherwise idle machine.
import { readFileSync } from 'node:fs';
import { graphqlSync } from 'graphql';
import { loadConfig } from '../dist/config/load.js';
import { classifyReply } from '../dist/errors/classify.js';
import { placeErrors } from '../dist/errors/locate.js';
import { applyErrorPolicy } from '../dist/errors/policy/apply.js';
import { compilePlan } from '../dist/execute/compile-plan.js';
import { executePlan } from '../dist/execute/execute.js';
import { createOperationReader } from '../dist/operation/reader.js';
import { createPlanner } from '../dist/plan/planner.js';
import { compileResponsePolicy } from '../dist/respond/policy.js';
import { respond } from '../dist/respond/respond.js';
import { readSupergraph } from '../dist/supergraph/read.js';
import { QUERIES } from './http/lib/queries.mjs';
import { createSubgraphSchema } from './http/lib/subgraph-schema.mjs';

const SUPERGRAPH = readFileSync(new URL('./http/supergraph.graphql', import.meta.url), 'utf8');
const ROUNDS = 15;

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Median nanoseconds per call over rounds of `calls`. */
function measure(calls, run) {
  for (let i = 0; i < calls; i++) run();
  return median(
    Array.from({ length: ROUNDS }, () => {
      const start = process.hrtime.bigint();
      for (let i = 0; i < calls; i++) run();
      return Number(process.hrtime.bigint() - start) / calls;
    }),
  );
}

/** Nanoseconds that each of several things costs, measured in turns so that the machine's drift meets all of them. */
async function measureInTurns(calls, runs) {
  const samples = runs.map(() => []);
  for (let round = 0; round < ROUNDS + 2; round++) {
    for (const [i, run] of runs.entries()) {
      const start = process.hrtime.bigint();
      for (let call = 0; call < calls; call++) await run();
      if (round >= 2) samples[i].push(Number(process.hrtime.bigint() - start) / calls);
    }
  }
  return samples.map(median);
}

function policyOf(block, subgraphs = '') {
  const yaml = `version: "1"\nexecution_config: { file: { path: x } }\nsubgraph_error_propagation:\n${block}${subgraphs}`;
  const loaded = loadConfig({ files: ['/bench.yaml'], env: {}, cwd: '/', readFile: (path) => only('/bench.yaml', path, yaml) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  return compileResponsePolicy(loaded.value.config);
}

function only(known, path, text) {
  if (path === known) return text;
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
}

const FACTS = { audience: 'public', operationName: null, nextErrorId: () => 'id', mediaType: 'application/json', extensions: null };

const SITE = {
  id: 0,
  subgraph: 'inventory',
  operationType: 'query',
  kind: 'root',
  path: [],
  rootKeys: ['items'],
  fields: [],
  entitiesKey: '',
  renames: new Map(),
  shape: shapeOf({ items: { name: null } }),
};

function shapeOf(tree) {
  return {
    field: (key) =>
      key in tree
        ? { responseKey: key, coordinate: `T.${key}`, listDepth: tree[key] === null ? 0 : 1, shape: tree[key] && shapeOf(tree[key]) }
        : undefined,
  };
}

const PLACES = { count: 0, of: () => [], listLength: () => undefined };

function replyWith(count) {
  const errors = Array.from({ length: count }, (_, i) => ({
    message: `Lookup of item ${i} failed`,
    path: ['items', i, 'name'],
    locations: [{ line: 1, column: 3 }],
    extensions: { code: 'LOOKUP_FAILED', stacktrace: ['at a', 'at b'] },
  }));
  return {
    kind: 'response',
    status: 200,
    headers: {},
    body: JSON.stringify({ data: { items: null }, errors }),
    attempts: 1,
    durationMs: 1,
  };
}

/** Everything between a subgraph's bytes and the client's errors. */
function handle(reply, policy) {
  const classified = classifyReply(reply, { kind: 'root' }, 'none');
  const exchange = {
    subgraph: 'inventory',
    operationType: 'query',
    reply,
    classified,
    sites: [{ site: SITE, places: PLACES }],
    requestBody: '',
  };
  return applyErrorPolicy(policy.errors, placeErrors(exchange, { profile: 'none', rewritePaths: true }), FACTS);
}

const micros = (nanos) => (nanos / 1000).toFixed(2);

function benchErrors() {
  for (const mode of ['wrapped', 'pass-through']) {
    const policy = policyOf(`  mode: ${mode}\n`);
    const [one, two] = [replyWith(1), replyWith(2)];
    // The second error's own cost: the reply around them is parsed either way.
    const whole = measure(20_000, () => handle(one, policy));
    const added = measure(20_000, () => handle(two, policy)) - whole;
    const parsed = measure(20_000, () => JSON.parse(two.body)) - measure(20_000, () => JSON.parse(one.body));
    console.log(
      `one error, ${mode}: ${micros(whole)} µs with its reply; one more ${micros(added - parsed)} µs (goal: below 2) beside ${micros(parsed)} of JSON.parse`,
    );
  }
  const unlimited = policyOf('  limits: { errors_per_response: 1000000, errors_per_subgraph: 1000000 }\n');
  const [thousand, tenThousand] = [replyWith(1000), replyWith(10_000)];
  const small = measure(20, () => handle(thousand, unlimited));
  const large = measure(5, () => handle(tenThousand, unlimited));
  console.log(`10,000 errors: ${(large / 1e6).toFixed(1)} ms, ${(large / small).toFixed(1)} times 1,000 (goal: below 12)`);
}

function createHeavy({ faulty }) {
  const supergraph = readSupergraph(SUPERGRAPH).value;
  const limits = { maxTokens: 15_000, approximateDepthLimit: 200, totalFieldsLimit: 3500, operationNameLengthLimit: 512 };
  const document = createOperationReader({ supergraph, limits, introspection: true, cacheSize: 10 }).read(QUERIES.heavy, null).value;
  const operation = document.canonical({});
  const plan = compilePlan(createPlanner(supergraph).value.plan(operation).value, operation, supergraph).value;
  const schemas = Object.fromEntries(
    [...supergraph.subgraphs.keys()].map((name) => [name, createSubgraphSchema(name, { faulty: faulty && name === 'inventory' })]),
  );
  const replies = new Map();
  const send = async ({ subgraph, body }) => {
    let reply = replies.get(subgraph + body);
    if (reply === undefined) {
      const { query, variables } = JSON.parse(body);
      const text = JSON.stringify(graphqlSync({ schema: schemas[subgraph], source: query, variableValues: variables }));
      replies.set(subgraph + body, (reply = { kind: 'response', status: 200, headers: {}, body: text, attempts: 1, durationMs: 1 }));
    }
    return reply;
  };
  const input = { variables: {}, send, introspection: null, profile: 'none', rewritePaths: true };
  return async (policy) => respond(await executePlan(plan, input), policy, FACTS);
}

const range = (count, make) => Array.from({ length: count }, (_, i) => make(i)).join('');

function largePolicy() {
  const subgraphs = range(50, (i) => `    s${i}: { mode: pass-through, allowed_extension_fields: ["+k${i}"] }\n`);
  const audiences = range(
    20,
    (i) => `    - { name: a${i}, when: { header: { name: x-a${i}, equals: secret${i} } }, mode: pass-through }\n`,
  );
  const codes = range(200, (i) => `      CODE_${i}: { from: [{ code: [C${i}] }], message: Text ${i}. }\n`);
  return `  subgraphs:\n${subgraphs}  audiences:\n${audiences}  catalogue:\n    codes:\n${codes}`;
}

benchErrors();
const heavy = createHeavy({ faulty: false });
const failing = createHeavy({ faulty: true });
const start = performance.now();
const large = policyOf(largePolicy());
const loadMs = performance.now() - start;
const none = policyOf('  mode: wrapped\n');
const [plain, withPolicy, withErrors] = await measureInTurns(60, [() => heavy(none), () => heavy(large), () => failing(none)]);
console.log(`heavy operation (80 kB of replies, 87 kB of answer), without HTTP: ${(plain / 1e6).toFixed(2)} ms`);
console.log(`the same with an error for every entity of one subgraph: ${(withErrors / plain).toFixed(2)} times as long`);
console.log(
  `20 audiences, 50 subgraphs, 200 codes: load ${loadMs.toFixed(0)} ms (goal: below 500), healthy request ${(withPolicy / plain).toFixed(3)} times as long (goal: below 1.03)`,
);
