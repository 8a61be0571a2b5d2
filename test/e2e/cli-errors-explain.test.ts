/** `candor errors explain` as users run it, without the process. */
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { REPLY, useErrorsFolder } from './errors-folder.ts';

const { at, configure, run } = useErrorsFolder();

const deep = (open: string, close: string): string => `${open.repeat(50_000)}1${close.repeat(50_000)}`;

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
    [['--subgraph', 'users', '--body', '/nowhere'], /\/nowhere: does not exist$/],
    [['--subgraph', 'users', '--body', '.'], /\.: cannot be read \(EISDIR\)$/],
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
