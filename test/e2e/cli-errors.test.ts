/** `candor errors …` as users run it, without the process. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../src/cli/index.ts';

const SDL = 'type Query { me: User } type User { id: ID! name: String }';

const POLICY = `
subgraph_error_propagation:
  rules:
    - when: { code: DECLINED }
      set: { code: REFUSED }
  subgraphs:
    users: { alias: people }
  audiences:
    - name: staff
      when: { signed_header: { name: X-Audience, secret: hush } }
      mode: pass-through
      allowed_extension_fields: ["+trace"]
    - name: partner
      when: { header: { name: X-Partner, equals: secret } }
      enabled: false
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-errors-'));
  await writeFile(join(folder, 'users.graphql'), SDL);
  await writeFile(join(folder, 'other.graphql'), 'type Query { other: String }');
  await configure(POLICY);
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

async function configure(policy: string): Promise<void> {
  const graph = ['users', 'other'].map(
    (name) => `  - { name: ${name}, routing_url: "http://127.0.0.1:1/${name}", schema: { file: ${name}.graphql } }\n`,
  );
  await writeFile(at('router.config.yaml'), `version: "1"\nsubgraphs:\n${graph.join('')}${policy.trimStart()}`);
}

async function run(...argv: string[]): Promise<{ code: number; out: string; problems: string }> {
  const out: string[] = [];
  const problems: string[] = [];
  const config = ['--config', at('router.config.yaml')];
  const code = await runCli(['errors', ...argv, ...config], { out: (text) => out.push(text), problem: (line) => problems.push(line) });
  return { code, out: out.join('').replaceAll(`${folder}/`, ''), problems: problems.join('\n').replaceAll(`${folder}/`, '') };
}

const deep = (open: string, close: string): string => `${open.repeat(50_000)}1${close.repeat(50_000)}`;

const REPLY = {
  data: { me: { id: 1, name: null } },
  errors: [
    {
      message: 'card declined',
      path: ['me', 'name'],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'DECLINED', trace: 't1', http: { status: 503 } },
    },
  ],
};

describe('candor errors explain', () => {
  const explain = async (...more: string[]) => {
    await writeFile(at('reply.json'), JSON.stringify(REPLY));
    return run('explain', '--subgraph', 'users', '--body', at('reply.json'), ...more);
  };

  it('names every option that acted, with its line', async () => {
    const { code, out } = await explain('--audience', 'staff');
    expect(code).toBe(0);
    expect(out).toContain('rule that matches: rules[0] (router.config.yaml:7)');
    expect(out).toContain('set extensions.code = "REFUSED"   set (router.config.yaml:7)');
    expect(out).toContain('set extensions.trace = "t1"   allowed_extension_fields (router.config.yaml:15)');
    expect(out).toContain('withheld: extensions.http   allowed_extension_fields (router.config.yaml:15): only the router sets it');
    expect(out).toContain('withheld: locations   omit_locations (default)');
    expect(out).toContain('mode: "pass-through" (router.config.yaml:14)');
  });

  it('shows each audience something else, and nobody the real name', async () => {
    const outs = await Promise.all(['public', 'staff', 'partner'].map((audience) => explain('--json', '--audience', audience)));
    const errors = outs.map(({ out }) => JSON.stringify(JSON.parse(out).response.errors));
    expect(new Set(errors).size).toBe(3);
    for (const each of errors) expect(each).not.toContain('users');
  });

  it('explains failures of the transport and replies that are none', async () => {
    const timeout = await run('explain', '--subgraph', 'other', '--failure', 'timeout', '--path', '["other"]', '--json');
    expect(JSON.parse(timeout.out)).toMatchObject({
      exchanges: [{ kinds: ['timeout'], status: null }],
      response: { errors: [{ path: ['other'], extensions: { code: 'SUBGRAPH_TIMEOUT' } }] },
    });
    await writeFile(at('page.html'), '<h1>no</h1>');
    const html = await run(
      'explain',
      '--subgraph',
      'other',
      '--status',
      '502',
      '--header',
      'Content-Type: text/html',
      '--body',
      at('page.html'),
      '--json',
    );
    expect(JSON.parse(html.out)).toMatchObject({
      exchanges: [{ kinds: ['http_status'] }],
      response: { errors: [{ message: '502: Bad Gateway' }] },
    });
  });

  it('tells of the first thousand errors, and how many more there are', async () => {
    const body = { errors: Array.from({ length: 150_000 }, () => ({ message: 'm', path: ['me'] })) };
    await writeFile(at('many.json'), JSON.stringify(body));
    const { code, out } = await run('explain', '--subgraph', 'users', '--body', at('many.json'));
    expect(code).toBe(0);
    expect(out).toContain('the body is a GraphQL response with 150000 errors');
    expect(out).toContain('   error 999: me\n');
    expect(out).not.toContain('error 1000');
    expect(out).toContain('   149000 further errors are not told of here\n');
    expect(out).toContain('"total": 150000');
  });

  it('tells how many errors it does not follow through the options', async () => {
    const limits = 'limits: { errors_per_response: 5000, errors_per_subgraph: 5000 }';
    await configure(`subgraph_error_propagation: { mode: pass-through, ${limits} }`);
    const body = { errors: Array.from({ length: 1_300 }, () => ({ message: 'm', path: ['me'] })) };
    await writeFile(at('many.json'), JSON.stringify(body));
    const { out } = await run('explain', '--subgraph', 'users', '--body', at('many.json'));
    expect(out).toContain('   300 further errors are treated one by one, too\n');
  });

  it.each(['wrapped', 'pass-through'])('stands replies that nest as deep as they can, %s', async (mode) => {
    await configure(`subgraph_error_propagation: { mode: ${mode}, allow_all_extension_fields: true }`);
    const error = `{"message":"m","path":["me"],"locations":${deep('[', ']')},"extensions":{"a":${deep('{"a":', '}')}}}`;
    await writeFile(at('deep.json'), `{"data":{"me":${deep('{"a":', '}')}},"errors":[${error}]}`);
    for (const more of [[], ['--json']]) {
      const { code, problems, out } = await run('explain', '--subgraph', 'users', '--body', at('deep.json'), ...more);
      expect({ code, problems }).toEqual({ code: 0, problems: '' });
      expect(out).toMatch(/What the client gets|"response"/);
    }
  });

  it('takes the first place of a list for @, as its help says', async () => {
    const errorsAt = async (path: string) => {
      const { out } = await run('explain', '--json', '--subgraph', 'users', '--failure', 'timeout', '--path', path);
      return JSON.parse(out).response.errors;
    };
    expect(await errorsAt('["list","@"]')).toEqual(await errorsAt('["list",0]'));
    const help = await run('explain', '--help');
    expect(help.out.replaceAll(/\s+/g, ' ')).toContain('"@" stands for the first place of a list');
  });

  it('prints large numbers as they are', async () => {
    await configure('subgraph_error_propagation: { mode: pass-through, allow_all_extension_fields: true }');
    await writeFile(at('number.json'), '{"errors":[{"message":"m","extensions":{"id":12345678901234567890}}]}');
    const { out } = await run('explain', '--json', '--subgraph', 'users', '--body', at('number.json'));
    expect(out).toContain('"id": 12345678901234567890');
    expect(out).not.toContain('"12345678901234567890');
    expect(out).not.toContain(String.raw`\u0001`);
  });

  it('places errors of entities where the entities stand', async () => {
    await writeFile(
      at('reply.json'),
      '{"errors":[{"message":"m","path":["_entities",1,"name"]}],"data":{"_entities":[{"name":"a"},{"name":null}]}}',
    );
    const { out } = await run(
      'explain',
      '--subgraph',
      'users',
      '--body',
      at('reply.json'),
      '--path',
      '["list",4]',
      '--audience',
      'staff',
      '--json',
    );
    expect(JSON.parse(out).response.errors).toMatchObject([{ message: 'm', path: ['list', 5, 'name'] }]);
  });

  it.each([
    [['--subgraph', 'nobody', '--failure', 'timeout'], /there is no subgraph nobody; there is other, users/],
    [['--subgraph', 'users', '--failure', 'timeout', '--audience', 'x'], /there is no audience x; there is public, staff, partner/],
    [['--subgraph', 'users', '--body', '/nowhere'], /\/nowhere: cannot be read/],
    [['--subgraph', 'users'], /--body FILE .* --failure KIND/],
  ])('says what is wrong with %j', async (argv, problem) => {
    const { code, problems } = await run('explain', ...argv);
    expect(code).toBe(1);
    expect(problems).toMatch(problem);
  });

  it.each([
    [['--subgraph', 'users', '--path', '[true]']],
    [['--subgraph', 'users', '--status', '7']],
    [['--subgraph', 'users', '--failure', 'boredom']],
    [[]],
  ])('refuses the command line %j', async (argv) => {
    expect((await run('explain', ...argv)).code).toBe(2);
  });
});

describe('candor errors policy', () => {
  it('tells where every value comes from', async () => {
    const { code, out } = await run('policy', '--audience', 'staff', '--subgraph', 'users');
    expect(code).toBe(0);
    expect(out).toMatch(/^mode +pass-through +router\.config\.yaml:14 {2}audiences\[0\]$/m);
    expect(out).toMatch(/^allowed_extension_fields +\[code, trace\] +router\.config\.yaml:15 {2}audiences\[0\]$/m);
    expect(out).toMatch(/^alias +people +router\.config\.yaml:10 {2}subgraphs\.users$/m);
    expect(out).toMatch(/^enabled +true +default$/m);
    expect(out).toMatch(/rules\[0\] {2}router\.config\.yaml:7/);
    expect(out).not.toContain('hush');
  });

  it('names the variable that a value comes from', async () => {
    process.env['SUBGRAPH_ERROR_PROPAGATION_ATTACH_ORIGIN'] = 'true';
    try {
      expect((await run('policy', '--subgraph', 'other')).out).toMatch(
        /^attach_origin +true +environment variable SUBGRAPH_ERROR_PROPAGATION_ATTACH_ORIGIN$/m,
      );
    } finally {
      delete process.env['SUBGRAPH_ERROR_PROPAGATION_ATTACH_ORIGIN'];
    }
  });

  it('shows of everybody else only what differs', async () => {
    const { out } = await run('policy');
    expect(out.match(/^# .*$/gm)).toEqual([
      '# public, every subgraph without settings of its own',
      '# public, subgraph users: what differs',
      '# staff, every subgraph without settings of its own: what differs',
      '# staff, subgraph users: what differs',
      '# partner, every subgraph without settings of its own: what differs',
      '# partner, subgraph users: what differs',
    ]);
    expect(out.match(/^rewrite_paths/gm)).toHaveLength(1);
  });
});

describe('candor errors test', () => {
  const test = (...more: string[]) => run('test', '--dir', at('golden'), ...more);

  it('passes after an update, and fails with a diff after a change of policy', async () => {
    expect((await test()).code).toBe(1);
    expect((await test('--update')).code).toBe(0);
    expect(await test()).toMatchObject({ code: 0, problems: '' });
    await configure(POLICY.replace('REFUSED', 'TURNED_AWAY'));
    const { code, out, problems } = await test();
    expect(code).toBe(1);
    expect(out).toContain(
      'public/users.yaml: graphql error with the code DECLINED: was code: "REFUSED", is code: "TURNED_AWAY" (and 1 more)\n',
    );
    expect(out.split('\n')).toHaveLength(7); // one for each case, and an end
    const verbose = await test('--verbose');
    expect(verbose.out).toContain('public/users.yaml: graphql error with the code DECLINED: clients get something else');
    expect(verbose.out).toMatch(/^ {2}- +code: "REFUSED"\n {2}\+ +code: "TURNED_AWAY"$/m);
    expect(problems).toMatch(/^6 of \d+ cases differ/);
  });

  it('says briefly what to do the first time', async () => {
    const { out, problems } = await test();
    expect(out.split('\n')).toEqual([
      ...['public', 'staff', 'partner'].flatMap((audience) =>
        ['other', 'users'].map((name) =>
          expect.stringMatching(new RegExp(`^golden/${audience}/${name}.yaml: there is no such file, for \\d+ cases$`)),
        ),
      ),
      '',
    ]);
    expect(problems).toContain('write the files with candor errors test --config router.config.yaml --dir golden --update, and');
  });

  it('covers at least 30 failures for every audience, as YAML that anybody can read', async () => {
    await test('--update');
    for (const audience of ['public', 'staff', 'partner']) {
      expect(await readdir(join(at('golden'), audience))).toEqual(['other.yaml', 'users.yaml']);
      const cases: object = parse(await readFile(join(at('golden'), audience, 'users.yaml'), 'utf8'));
      expect(Object.keys(cases).length).toBeGreaterThanOrEqual(30);
    }
  });

  it('plays replies that somebody captured', async () => {
    await mkdir(join(at('golden'), 'replies'), { recursive: true });
    await writeFile(
      join(at('golden'), 'replies', 'incident.json'),
      JSON.stringify({ subgraph: 'users', status: 200, body: REPLY, path: ['me'] }),
    );
    await test('--update');
    const golden: Record<string, unknown> = parse(await readFile(join(at('golden'), 'staff', 'users.yaml'), 'utf8'));
    expect(golden['captured: incident']).toMatchObject({
      errors: [{ message: 'card declined', extensions: { code: 'REFUSED', errorId: '<id>' } }],
    });
    await writeFile(join(at('golden'), 'replies', 'broken.json'), '{"status":200}');
    expect(await test()).toMatchObject({ code: 1, problems: 'golden/replies/broken.json: names no subgraph' });
  });

  it('tells of cases that are missing or gone', async () => {
    await test('--update');
    const file = join(at('golden'), 'public', 'users.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('"empty body"', '"a case of former times"'));
    const { out } = await test();
    expect(out).toContain('empty body: is not in the file');
    expect(out).toContain('a case of former times: is in the file, but no such case exists');
  });

  it('writes a JUnit report', async () => {
    await test('--update');
    await configure(POLICY.replace('REFUSED', '<&>'));
    await test('--junit', at('report.xml'));
    const report = await readFile(at('report.xml'), 'utf8');
    expect(report).toMatch(/<testsuites name="candor errors test" tests="\d+" failures="6">/);
    expect(report).toContain('&lt;&amp;&gt;');
    expect(report).not.toContain('<&>');
  });
});

describe('candor errors sign', () => {
  it('prints the value of the header', async () => {
    const { code, out } = await run('sign', '--audience', 'staff', '--at', '2026-01-31T12:00:00Z');
    expect(code).toBe(0);
    expect(out).toMatch(/^staff\.1769860800\.[0-9a-f]{64}\n$/);
  });

  it.each([
    ['nobody', /there is no audience nobody; there is staff, partner/],
    ['public', /there is no audience public; there is staff, partner/],
    ['partner', /partner has no `signed_header`/],
  ])('refuses %s', async (audience, problem) => {
    const { code, problems } = await run('sign', '--audience', audience);
    expect(code).toBe(1);
    expect(problems).toMatch(problem);
  });

  it('says what to do where no audience is configured', async () => {
    await configure('');
    const { code, problems } = await run('sign', '--audience', 'staff');
    expect(code).toBe(1);
    expect(problems).toBe('no audience is configured; add one with `when: { signed_header: … }` to subgraph_error_propagation.audiences');
  });

  it('refuses a time that is none', async () => {
    expect((await run('sign', '--audience', 'staff', '--at', 'soon')).problems).toMatch(/--at soon is no time/);
  });
});

describe('candor check', () => {
  it('tells contradictions of the policy with their place', async () => {
    await configure('subgraph_error_propagation: { subgraphs: { nobody: { alias: x } }, allowed_extension_fields: [http] }\n');
    const problems: string[] = [];
    expect(await runCli(['check', '--config', at('router.config.yaml')], { out: () => {}, problem: (line) => problems.push(line) })).toBe(
      1,
    );
    expect(problems.join('\n')).toMatch(/router\.config\.yaml:5:\d+ subgraph_error_propagation\.subgraphs\.nobody: unknown subgraph/);
    expect(problems.join('\n')).toMatch(
      /router\.config\.yaml:5:\d+ subgraph_error_propagation\.allowed_extension_fields\[0\]: http is set by the router/,
    );
  });
});
