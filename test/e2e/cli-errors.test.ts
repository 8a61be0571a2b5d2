/** `candor errors …` as users run it, without the process. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../src/cli/index.ts';
import { POLICY, REPLY, useErrorsFolder } from './errors-folder.ts';

const { at, configure, run } = useErrorsFolder();

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

  it('says it for a shell, whatever the folder is called', async () => {
    const { problems } = await run('test', '--dir', at("it's gold"));
    expect(problems).toContain(`--dir 'it'\\''s gold' --update, and`);
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
