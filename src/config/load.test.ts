import { describe, expect, it } from 'vitest';
import { configOf, load, loaded, problemsOf, withGraph } from '../../test/support/config.ts';
import { loadConfig } from './load.ts';
import { printProblem } from './problem.ts';

const printed = (result: ReturnType<typeof load>): readonly string[] => (result.ok ? [] : result.error.map(printProblem));

const EMPLOYEES = 'subgraphs: [{ name: employees, routing_url: "http://localhost:4001/graphql" }]';

describe('loadConfig', () => {
  it('needs nothing but a graph', () => {
    const { config } = loaded(EMPLOYEES);
    expect(config.listenAddr).toEqual({ host: 'localhost', port: 3002 });
    expect(config.graph).toEqual({ kind: 'subgraphs', subgraphs: [{ name: 'employees', routingUrl: 'http://localhost:4001/graphql' }] });
    expect(config.shutdownDelayMs).toBe(60_000);
    expect(config.trafficShaping.router.maxRequestBodySizeBytes).toBe(5_000_000);
  });

  it('keeps names of users apart from inherited ones', () => {
    const { overrides } = configOf('overrides: { subgraphs: { constructor: { routing_url: "http://a/" } } }');
    expect([...overrides.subgraphs]).toEqual([['constructor', { routingUrl: 'http://a/' }]]);
  });

  it('accepts an address without a host, and an IPv6 one', () => {
    expect(configOf('listen_addr: ":80"').listenAddr).toEqual({ host: null, port: 80 });
    expect(configOf('listen_addr: "[::1]:0"').listenAddr).toEqual({ host: '::1', port: 0 });
  });

  it.each([
    'localhost',
    'localhost:',
    'http://localhost:3002',
    '[::1',
    '[zz]:1',
    'a b:1',
    ':65536',
    '3002',
  ])('refuses the address %s', (address) => {
    expect(problemsOf(withGraph(`listen_addr: "${address}"`))[0]).toMatch(/^router\.config\.yaml:2:14 listen_addr: expected /);
  });

  it.each([
    ['completeness_header: Content-Length', 'is a header that the router writes itself; choose another'],
    ['completeness_header: Cache-Control', 'is a header that the router writes itself; choose another'],
    ['completeness_header: Access-Control-Allow-Origin', 'is a header that the router writes itself; choose another'],
    ['completeness_header: "a b"', 'expected the name of a header, or null'],
    ['partial_status: 204', 'is a status whose answer has no body; choose another'],
    ['all_failed_status: 304', 'is a status whose answer has no body; choose another'],
  ])('refuses the response option %s, which would break every answer', (option, problem) => {
    expect(problemsOf(withGraph(`response: { ${option} }`))[0]).toMatch(new RegExp(`${problem}$`));
  });

  it.each([
    ['graphql_path: /health', ['2:15 graphql_path: is the path of health_check_path as well; each needs one of its own']],
    ['liveness_check_path: /graphql', ['2:22 liveness_check_path: is the path of graphql_path as well; each needs one of its own']],
    [
      'graphql_path: /a\nreadiness_check_path: /a',
      ['2:15 graphql_path: is the path of readiness_check_path as well; each needs one of its own'],
    ],
    [
      'health_check_path: /health/ready',
      ['2:20 health_check_path: is the path of readiness_check_path as well; each needs one of its own'],
    ],
    ['health_check_path: /health/live', []],
    ['playground: { path: /health }', ['2:21 playground.path: is the path of health_check_path as well; each needs one of its own']],
    ['playground: { path: /health, enabled: false }', []],
    ['playground: { path: /graphql }', []],
    ['health_check_path: /', []],
  ])('lets no path answer for another: %s', (text, problems) => {
    expect(problemsOf(withGraph(text))).toEqual(problems.map((problem) => `router.config.yaml:${problem}`));
  });

  it.each([
    ['.inf', 'an infinite one'],
    ['.nan', '.nan, which is none'],
    ['1.5', 'a fraction'],
    ['"x"', 'text'],
  ])('tells what is wrong with %s where a number is expected', (value, found) => {
    expect(problemsOf(withGraph(`security: { operation_name_length_limit: ${value} }`))).toEqual([
      expect.stringMatching(new RegExp(`expected a (whole )?number, found ${found}$`)),
    ]);
  });

  it('reads an empty section as one without keys', () => {
    expect(configOf('headers:\ncors:\nsubgraph_error_propagation:').cors.enabled).toBe(true);
  });

  it('accepts the version as a number', () => {
    expect(configOf('version: 1').version).toBe('1');
    expect(problemsOf(withGraph('version: 2'))).toEqual(['router.config.yaml:2:10 version: expected "1"']);
  });

  it('takes a composed graph instead of subgraphs', () => {
    const { config } = loaded('execution_config: { file: { path: ./graph/supergraph.graphql } }');
    expect(config.graph).toEqual({
      kind: 'execution_config',
      path: '/etc/candor/graph/supergraph.graphql',
      watch: false,
      watchIntervalMs: 1000,
    });
  });
});

describe('several files', () => {
  it('merges maps and replaces lists and values; later files win', () => {
    const result = load(
      {
        'a.yaml': `${EMPLOYEES}\ncors: { max_age: 1m, allow_origins: ["https://a", "https://b"] }\nlog_level: warn`,
        'b.yaml': 'cors: { allow_origins: ["https://c"] }\nlog_level: debug\nheaders:',
      },
      {},
      ['a.yaml', 'b.yaml'],
    );
    expect(result.ok && result.value.config.cors).toMatchObject({ maxAgeMs: 60_000, allowOrigins: ['https://c'] });
    expect(result.ok && result.value.config.logLevel).toBe('debug');
    expect(result.ok && result.value.files).toEqual(['/etc/candor/a.yaml', '/etc/candor/b.yaml']);
  });

  it('leaves a section alone that a later file mentions without content', () => {
    const result = load({ 'a.yaml': `${EMPLOYEES}\ncors: { max_age: 1m }`, 'b.yaml': 'cors:' }, {}, ['a.yaml', 'b.yaml']);
    expect(result.ok && result.value.config.cors.maxAgeMs).toBe(60_000);
  });

  it('resolves paths against the file that names them', () => {
    const result = load({ 'conf/a.yaml': 'subgraphs: [{ name: e, routing_url: "http://e/", schema: { file: ../sdl/e.graphql } }]' }, {}, [
      'conf/a.yaml',
    ]);
    expect(result.ok && result.value.config.graph).toMatchObject({ subgraphs: [{ schema: { file: '/etc/candor/sdl/e.graphql' } }] });
  });

  it('reads those of CONFIG_PATH when none are named', () => {
    const files = { 'a.yaml': EMPLOYEES, 'b.yaml': 'log_level: warn' };
    const result = load(files, { CONFIG_PATH: 'a.yaml, b.yaml' }, []);
    expect(result.ok && result.value.config.logLevel).toBe('warn');
  });

  it('does without router.config.yaml when the environment names a graph', () => {
    const result = load({}, { EXECUTION_CONFIG_FILE_PATH: 'supergraph.graphql' }, []);
    expect(result.ok && result.value.config.graph).toMatchObject({ path: '/etc/candor/supergraph.graphql' });
    expect(result.ok && result.value.files).toEqual([]);
  });

  it('names what is missing', () => {
    expect(printed(load({}, {}, ['x.yaml']))).toEqual(['x.yaml: does not exist']);
    expect(printed(load({}, {}, []))).toEqual([
      'router.config.yaml: does not exist; write it, or name another file with --config or CONFIG_PATH',
    ]);
  });

  it('says why a file cannot be read', () => {
    const result = loadConfig({
      files: ['a.yaml'],
      env: {},
      cwd: '/',
      readFile: () => {
        throw Object.assign(new Error('secret detail'), { code: 'EACCES' });
      },
    });
    expect(printed(result)).toEqual(['.env: cannot be read (EACCES)', 'a.yaml: cannot be read (EACCES)']);
  });
});

describe('the catalogue in a file of its own', () => {
  const main = `${EMPLOYEES}\nsubgraph_error_propagation:\n  catalogue:\n    file: conf/catalogue.yaml\n    codes: { A: { message: here } }`;

  it('is read beside what stands in the block, which wins', () => {
    const catalogue =
      'unknown: replace\ncodes:\n  A: { message: there, http_status: 402 }\n  B: { from: [{ kind: timeout }], message: slow }';
    const result = load({ 'router.config.yaml': main, 'conf/catalogue.yaml': catalogue });
    if (!result.ok) throw new Error(result.error.map(printProblem).join('\n'));
    const { codes, unknown } = result.value.config.subgraphErrorPropagation.catalogue;
    expect(unknown).toBe('replace');
    expect(codes.get('A')).toEqual({ from: [], message: 'here', httpStatus: 402 });
    expect(codes.get('B')).toEqual({ from: [{ kind: ['timeout'] }], message: 'slow' });
    expect(result.value.files).toContain('/etc/candor/conf/catalogue.yaml');
    expect(result.value.locate(['subgraph_error_propagation', 'catalogue', 'codes', 'B'])).toEqual({
      file: 'conf/catalogue.yaml',
      line: 4,
      column: 3,
    });
  });

  it('has its problems reported at their place in it', () => {
    const result = load({ 'router.config.yaml': main, 'conf/catalogue.yaml': 'codes:\n  B: { frm: [] }' });
    expect(printed(result)).toEqual([
      'conf/catalogue.yaml:2:8 subgraph_error_propagation.catalogue.codes.B.frm: unknown key; did you mean from?',
    ]);
  });

  it('is reported when it does not exist', () => {
    const result = load({ 'router.config.yaml': main });
    expect(printed(result)).toEqual(['router.config.yaml:4:11 subgraph_error_propagation.catalogue.file: the file does not exist']);
  });

  it('cannot be the configuration itself', () => {
    const result = load({ 'router.config.yaml': main.replace('conf/catalogue.yaml', './router.config.yaml') });
    expect(printed(result)).toEqual([
      'router.config.yaml:4:11 subgraph_error_propagation.catalogue.file: is a file that is read already; name another',
    ]);
  });
});

describe('variables in values', () => {
  it('are expanded, with defaults', () => {
    const yaml = 'headers: { all: { request: [{ op: set, name: X-Key, value: "${KEY}-${OTHER:-none}-${EMPTY:-instead}" }] } }';
    const { headers } = configOf(yaml, { KEY: 'k', EMPTY: '' });
    expect(headers.all.request).toEqual([{ op: 'set', name: 'x-key', value: 'k-none-instead' }]);
  });

  it('leave any other $ alone, and are not expanded twice', () => {
    const yaml = "headers: { all: { request: [{ op: set, name: X, value: '$A ${} $${B} ${1} ${C' }] } }";
    const { headers } = configOf(yaml, { A: 'a', B: '${A}' });
    expect(headers.all.request).toEqual([{ op: 'set', name: 'x', value: '$A ${} $${A} ${1} ${C' }]);
  });

  it('keep numbers and booleans what they are', () => {
    const yaml = 'dev_mode: ${DEV}\nsecurity:\n  operation_name_length_limit: ${LIMIT}\ncors: { enabled: "${CORS:-false}" }';
    const config = configOf(yaml, { DEV: 'true', LIMIT: '12' });
    expect([config.devMode, config.security.operationNameLengthLimit, config.cors.enabled]).toEqual([true, 12, false]);
  });

  it('stay text where text is asked for', () => {
    const yaml = 'headers:\n  all:\n    request:\n      - op: set\n        name: X\n        value: ${KEY}';
    expect(configOf(yaml, { KEY: '0123' }).headers.all.request).toEqual([{ op: 'set', name: 'x', value: '0123' }]);
  });

  it('can never add keys', () => {
    const yaml = 'log_level: ${LEVEL}';
    expect(problemsOf(withGraph(yaml), { LEVEL: 'info\ndev_mode: true' })).toEqual([
      'router.config.yaml:2:12 log_level: expected one of trace, debug, info, warn, error, fatal, silent',
    ]);
  });

  it('must be set or have a default; only the missing one is reported', () => {
    expect(problemsOf(withGraph('dev_mode: ${MISSING}\nlisten_addr: "${GONE}:${GONE}"'))).toEqual([
      'router.config.yaml:2:11 dev_mode: the environment variable MISSING is not set; set it, or write ${MISSING:-default}',
      'router.config.yaml:3:14 listen_addr: the environment variable GONE is not set; set it, or write ${GONE:-default}',
    ]);
  });

  it('come from .env when the environment does not have them', () => {
    const files = { 'router.config.yaml': `${EMPLOYEES}\nlog_level: \${LEVEL}\njson_log: \${JSON}`, '.env': 'LEVEL=warn\nJSON=false' };
    const result = load(files, { JSON: 'true' });
    expect(result.ok && [result.value.config.logLevel, result.value.config.jsonLog]).toEqual(['warn', true]);
  });

  it('read own properties of the environment only', () => {
    expect(problemsOf(withGraph('log_level: ${constructor}'))).toHaveLength(1);
  });

  it('are explained where YAML takes their braces for a map', () => {
    expect(problemsOf(withGraph('cors: { enabled: ${CORS} }'))).toEqual([
      'router.config.yaml:2:19: YAML: inside { } and [ ] a variable must stand in quotes, as in { key: "${NAME}" }',
    ]);
  });
});

describe('environment variables', () => {
  it('stand above defaults and below files', () => {
    const env = { LISTEN_ADDR: '0.0.0.0:80', GRAPHQL_PATH: '/g', LOG_LEVEL: 'debug', JSON_LOG: 'FALSE', CORS_MAX_AGE: '1s' };
    const config = configOf('graphql_path: /file', env);
    expect([config.listenAddr.port, config.graphqlPath, config.logLevel, config.jsonLog, config.cors.maxAgeMs]).toEqual([
      80,
      '/file',
      'debug',
      false,
      1000,
    ]);
  });

  it('are lists separated by commas', () => {
    const env = { SUBGRAPH_ERROR_PROPAGATION_ALLOWED_EXTENSION_FIELDS: 'code, trace', TRUSTED_PROXIES: '10.0.0.0/8,::1' };
    const config = configOf('', env);
    expect(config.subgraphErrorPropagation.allowedExtensionFields).toEqual(['code', 'trace']);
    expect(config.trustedProxies).toEqual(['10.0.0.0/8', '::1/128']);
  });

  it.each(['SUBGRAPH_ERROR_PROPAGATION_STATUS_CODES', 'SUBGRAPH_ERROR_PROPAGATION_PROPAGATE_STATUS_CODES'])('know %s', (name) => {
    expect(configOf('', { [name]: '1' }).subgraphErrorPropagation.propagateStatusCodes).toBe(true);
  });

  it('have the names that Cosmo gives them', () => {
    const env = { PROMETHEUS_ENABLED: 'false', PROMETHEUS_HTTP_PATH: '/m', PROMETHEUS_LISTEN_ADDR: ':1', TRACING_SAMPLING_RATE: '0.5' };
    const { telemetry } = configOf('', env);
    expect(telemetry.metrics.prometheus).toEqual({ enabled: false, path: '/m', listenAddr: { host: null, port: 1 } });
    expect(telemetry.tracing.samplingRate).toBe(0.5);
  });

  it('count as not set when they are empty', () => {
    expect(configOf('', { LOG_LEVEL: '', SUBGRAPH_ERROR_PROPAGATION_STATUS_CODES: '' }).logLevel).toBe('info');
  });

  it('are named when they are wrong, without their value', () => {
    const env = {
      LOG_LEVEL: 'warm',
      DEV_MODE: 'hunter2',
      SHUTDOWN_DELAY: 'hunter2',
      CORS_ALLOW_ORIGINS: '*',
      CORS_ALLOW_CREDENTIALS: 'true',
    };
    const problems = problemsOf(withGraph(''), env);
    expect(problems).toEqual([
      'environment dev_mode: variable DEV_MODE: expected true or false, found text',
      'environment log_level: variable LOG_LEVEL: expected one of trace, debug, info, warn, error, fatal, silent',
      'environment shutdown_delay: variable SHUTDOWN_DELAY: expected a duration such as 300ms, 5s or 1m30s',
      expect.stringContaining('environment cors.allow_credentials: variable CORS_ALLOW_CREDENTIALS: cannot go with `*`'),
    ]);
  });

  it('do not decide about what a file says, even wrongly', () => {
    expect(problemsOf(withGraph('log_level: loud'), { LOG_LEVEL: 'info' })).toHaveLength(1);
  });
});

describe('LoadedConfig', () => {
  const { locate, origin } = loaded(withGraph('subgraph_error_propagation:\n  mode: wrapped\n  rules:\n    - when: { code: A }'), {
    LOG_LEVEL: 'warn',
  });

  it('locates keys and entries of lists', () => {
    const file = 'router.config.yaml';
    expect(locate(['subgraph_error_propagation', 'mode'])).toEqual({ file, line: 3, column: 3 });
    expect(locate(['subgraph_error_propagation', 'rules', 0])).toEqual({ file, line: 5, column: 7 });
    expect(locate(['subgraphs', 0, 'name'])).toEqual({ file, line: 1, column: 15 });
  });

  it('locates nothing that no file says', () => {
    expect(locate(['log_level'])).toBeNull();
    expect(locate(['subgraph_error_propagation', 'rules', 1])).toBeNull();
    expect(locate(['listen_addr', 'host'])).toBeNull();
  });

  it('tells files, variables and defaults apart', () => {
    expect(origin(['subgraph_error_propagation', 'mode'])).toMatchObject({ kind: 'file', position: { line: 3, column: 9 } });
    expect(origin(['log_level'])).toEqual({ kind: 'variable', name: 'LOG_LEVEL' });
    expect(origin(['json_log'])).toBeNull();
  });

  it('finds the place of anything that an anchor stands for', () => {
    const { config, locate: find } = loaded(
      withGraph(
        'cors: &c { max_age: 1m }\nplayground: { enabled: false }\ntraffic_shaping:\n  all: &t { request_timeout: 9s }\n  subgraphs: { a: *t, b: { <<: *t, redirects: same_origin } }',
      ),
    );
    expect(config.trafficShaping.subgraphs.get('b')).toMatchObject({ requestTimeoutMs: 9000, redirects: 'same_origin' });
    expect(find(['traffic_shaping', 'subgraphs', 'b', 'request_timeout'])).toMatchObject({ line: 5 });
  });
});
