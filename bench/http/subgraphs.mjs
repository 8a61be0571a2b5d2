// All four subgraphs in one process, made as cheap as node:http allows: a body seen before is answered from a Map.
//
//   node subgraphs.mjs [--port-base 4700]        control on 4700, accounts 4701, inventory 4702, products 4703, reviews 4704
//
// Faults, from SUBGRAPH_FAULTS (JSON) or the control port:
//   PUT /faults  {"inventory":"errors"} an error and a null per entity | {"reviews":"down"} 500 with HTML | {"products":"slow"} 20 ms
// and:
//   GET /stats   requests and distinct bodies per subgraph    POST /reset  counters to zero
//   PUT /trace   {"on":true} keep requests                    GET /trace   [{ subgraph, authorization, body }]
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';
import { graphqlSync } from 'graphql';
import { createSubgraphSchema } from './lib/subgraph-schema.mjs';
import { SUBGRAPHS, subgraphPort } from './lib/supergraph.mjs';

const SLOW_MS = 20;
const MAX_CACHED_BODIES = 20_000;
const APOLOGIES = '<p>The server could not complete your request.</p>'.repeat(16);
const ERROR_PAGE = Buffer.from(
  `<!DOCTYPE html><html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1>${APOLOGIES}</body></html>`,
);

const basePort = Number(parseArgs({ options: { 'port-base': { type: 'string', default: '4700' } } }).values['port-base']);
let trace = null;

function createSubgraph(name) {
  const schemas = { up: createSubgraphSchema(name), faulty: name === 'inventory' ? createSubgraphSchema(name, { faulty: true }) : null };
  const self = { name, requests: 0, fault: undefined, replies: new Map(), setFault };

  function setFault(fault) {
    const known = { inventory: ['errors'], reviews: ['down'], products: ['slow'] }[name] ?? [];
    if (fault !== undefined && !known.includes(fault)) throw new Error(`${name} has no fault '${fault}'`);
    self.fault = fault;
    self.replies.clear();
  }

  function execute(text) {
    const { query, variables, operationName } = JSON.parse(text);
    const schema = self.fault === 'errors' ? schemas.faulty : schemas.up;
    const json = Buffer.from(JSON.stringify(graphqlSync({ schema, source: query, variableValues: variables, operationName })));
    return { body: json, headers: { 'content-type': 'application/json', 'content-length': json.length } };
  }

  function reply(req, res, text) {
    self.requests++;
    if (trace) trace.push({ subgraph: name, authorization: req.headers.authorization ?? null, body: text });
    if (self.fault === 'down')
      return res.writeHead(500, { 'content-type': 'text/html', 'content-length': ERROR_PAGE.length }).end(ERROR_PAGE);
    let known = self.replies.get(text);
    if (!known) {
      try {
        known = execute(text);
      } catch (e) {
        return res.writeHead(400).end(String(e.message));
      }
      if (self.replies.size < MAX_CACHED_BODIES) self.replies.set(text, known);
    }
    const send = () => res.writeHead(200, known.headers).end(known.body);
    return self.fault === 'slow' ? setTimeout(send, SLOW_MS) : send();
  }

  const server = createServer({ keepAlive: true, noDelay: true }, (req, res) => collect(req, (text) => reply(req, res, text)));
  keepConnections(server).listen(subgraphPort(basePort, name), '127.0.0.1');
  return self;
}

/** Calls back with the request body; almost always it is one chunk. */
function collect(req, done) {
  let first = null;
  let rest = null;
  req.on('data', (chunk) => {
    if (first === null) first = chunk;
    else (rest ??= [first]).push(chunk);
  });
  req.on('end', () => done((rest ? Buffer.concat(rest) : (first ?? '')).toString()));
}

/** Never closes an idle connection: a gateway must not lose a race with us. */
function keepConnections(server) {
  server.keepAliveTimeout = 600_000;
  server.headersTimeout = 0;
  server.requestTimeout = 0;
  return server;
}

const subgraphs = SUBGRAPHS.map(createSubgraph);

function setFaults(faults) {
  for (const name of Object.keys(faults)) if (!SUBGRAPHS.includes(name)) throw new Error(`no subgraph '${name}'`);
  for (const s of subgraphs) s.setFault(faults[s.name]);
}
setFaults(JSON.parse(process.env.SUBGRAPH_FAULTS ?? '{}'));

const perSubgraph = (read) => Object.fromEntries(subgraphs.map((s) => [s.name, read(s)]));
const CONTROL = {
  'GET /stats': () => ({ requests: perSubgraph((s) => s.requests), bodies: perSubgraph((s) => s.replies.size) }),
  'GET /faults': () => perSubgraph((s) => s.fault ?? null),
  'PUT /faults': (body) => setFaults(body),
  'POST /reset': () => subgraphs.forEach((s) => (s.requests = 0)),
  'PUT /trace': ({ on }) => (trace = on ? [] : null),
  'GET /trace': () => trace ?? [],
};
createServer((req, res) =>
  collect(req, (text) => {
    try {
      const act = CONTROL[`${req.method} ${req.url}`];
      if (!act) return res.writeHead(404).end();
      const answer = act(text ? JSON.parse(text) : {});
      return res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? null));
    } catch (e) {
      return res.writeHead(400).end(String(e.message));
    }
  }),
).listen(basePort, '127.0.0.1', () => console.log(`subgraphs: control on ${basePort}`));

process.on('SIGTERM', () => process.exit(0));
