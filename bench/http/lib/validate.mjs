// Asks a gateway the mode's question a few times, alone, and judges the answers.
import { randomUUID } from 'node:crypto';
import { expectedData } from './expected.mjs';
import { control, post } from './http.mjs';
import { MODES, requestBody } from './queries.mjs';

const EARLIER = 3; // answers that may still fill caches

/** First difference of two JSON values as text, or null. Key order does not matter, list order does. */
export function firstDifference(got, want, path = 'data') {
  if (want === null || typeof want !== 'object') return Object.is(got, want) ? null : `${path}: got ${brief(got)}, expected ${brief(want)}`;
  if (got === null || typeof got !== 'object' || Array.isArray(got) !== Array.isArray(want))
    return `${path}: got ${brief(got)}, expected ${brief(want)}`;
  const extra = Object.keys(got).find((k) => !Object.hasOwn(want, k));
  if (extra !== undefined) return `${path}.${extra}: not expected`;
  for (const key of Object.keys(want)) {
    const difference = firstDifference(got[key], want[key], `${path}.${key}`);
    if (difference) return difference;
  }
  return null;
}

const brief = (v) => (v === undefined ? 'nothing' : (JSON.stringify(v) ?? String(v)).slice(0, 80));

function problemsOf(mode, reply) {
  const { errors: wantsErrors } = MODES[mode];
  if (reply.status !== 200) return [`status ${reply.status}: ${reply.text.slice(0, 200)}`];
  let json;
  try {
    json = JSON.parse(reply.text);
  } catch {
    return [`not JSON: ${reply.text.slice(0, 200)}`];
  }
  const problems = [];
  const difference = firstDifference(json.data, expectedData(mode));
  if (difference) problems.push(difference);
  const errors = json.errors?.length ?? 0;
  if (wantsErrors !== errors > 0) problems.push(wantsErrors ? 'no errors listed' : `${errors} errors, first: ${brief(json.errors[0])}`);
  return problems;
}

/**
 * Gives { problems, notes, bytes, errors, sampleError, subgraphRequests } of a gateway in a mode: `problems` make its numbers worthless,
 * `subgraphRequests` is what one request costs upstream when it is alone.
 */
export async function validate({ url, mode, basePort }) {
  const { users } = MODES[mode];
  const body = requestBody(mode);
  const ask = () => {
    const authorization = `Bearer probe-${randomUUID()}`;
    return post(url, body, users ? { authorization } : {}).then((reply) => ({ ...reply, authorization }));
  };
  const problems = new Set();
  for (let i = 0; i < EARLIER; i++) problemsOf(mode, await ask()).forEach((p) => problems.add(p));
  await control(basePort, '/trace', 'PUT', { on: true });
  const reply = await ask();
  const trace = await control(basePort, '/trace');
  await control(basePort, '/trace', 'PUT', { on: false });
  problemsOf(mode, reply).forEach((p) => problems.add(p));
  const notes = [];
  const unforwarded = trace.filter((t) => t.authorization !== reply.authorization).length;
  if (users && unforwarded > 0) notes.push('Authorization not forwarded');
  const errors = problems.size ? [] : (JSON.parse(reply.text).errors ?? []);
  return {
    problems: [...problems],
    notes,
    bytes: Buffer.byteLength(reply.text),
    errors: errors.length,
    sampleError: errors[0] ?? null,
    subgraphRequests: trace.length,
    subgraphs: trace.map((t) => t.subgraph),
  };
}
