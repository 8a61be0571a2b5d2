import { describe, expect, it } from 'vitest';
import { configOf, problemsOf, withGraph } from '../../../test/support/config.ts';
import { errorDefaults } from './error-options.ts';
import type { ErrorPropagation } from './error-propagation.ts';

const block = (yaml: string, top = ''): ErrorPropagation =>
  configOf(`${top}\nsubgraph_error_propagation: { ${yaml} }`).subgraphErrorPropagation;

/** Problems of a block that begins in column 31 of line 2, without their place. */
const problems = (yaml: string): readonly string[] =>
  problemsOf(withGraph(`subgraph_error_propagation: { ${yaml} }`)).map((problem) =>
    problem.replace(/^router\.config\.yaml:2:\d+ subgraph_error_propagation\./, ''),
  );

describe('subgraph_error_propagation', () => {
  it("has Cosmo's defaults for Cosmo's keys in both profiles", () => {
    const cosmo = {
      enabled: true,
      mode: 'wrapped',
      propagateStatusCodes: false,
      rewritePaths: true,
      omitLocations: true,
      omitExtensions: false,
      attachServiceName: true,
      defaultExtensionCode: 'DOWNSTREAM_SERVICE_ERROR',
      allowAllExtensionFields: false,
      allowedExtensionFields: ['code'],
      allowedFields: [],
    };
    expect(block('')).toMatchObject(cosmo);
    expect(block('', 'compatibility: cosmo')).toMatchObject(cosmo);
  });

  it('switches what is our own off in the cosmo profile, unless set', () => {
    expect(block('')).toMatchObject({
      failureCodes: true,
      errorIds: true,
      scrub: { actions: { secrets: 'mask' } },
      limits: { errorsPerResponse: 100 },
    });
    expect(block('', 'compatibility: cosmo')).toMatchObject({
      failureCodes: false,
      errorIds: false,
      scrub: { actions: { secrets: 'off' } },
      limits: { errorsPerResponse: null, messageBytes: null },
    });
    const set = block('error_ids: true, scrub: { secrets: redact }, limits: { message_bytes: 10 }', 'compatibility: cosmo');
    expect(set).toMatchObject({
      errorIds: true,
      failureCodes: false,
      scrub: { actions: { secrets: 'redact' } },
      limits: { messageBytes: 10, errorsPerResponse: null },
    });
  });

  it('keeps an empty list and an empty code as they are', () => {
    expect(block('allowed_extension_fields: [], default_extension_code: ""')).toMatchObject({
      allowedExtensionFields: [],
      defaultExtensionCode: '',
    });
  });

  it('leaves out of overrides what they do not set: no default is filled in', () => {
    const { subgraphs, audiences, rules } = block(
      'mode: pass-through, subgraphs: { a: { omit_locations: false } }, audiences: [{ name: staff, when: { network: 10.0.0.0/8 } }], rules: [{ when: { code: A } }]',
    );
    expect(subgraphs.get('a')).toEqual({ omitLocations: false });
    expect(audiences).toEqual([{ name: 'staff', when: { network: ['10.0.0.0/8'] } }]);
    expect(rules).toEqual([{ when: { code: ['A'] } }]);
  });

  it('tells a message that is switched off from one that is inherited', () => {
    const { subgraphs } = block('message: all, subgraphs: { a: { message: null }, b: {} }');
    expect(subgraphs.get('a')).toEqual({ message: null });
    expect(subgraphs.get('b')).toEqual({});
  });

  it('reads lists of overrides as replacements or as changes', () => {
    const { subgraphs } = block(
      'subgraphs: { a: { allowed_extension_fields: [x] }, b: { allowed_extension_fields: ["+x", "-code"] }, c: { allowed_fields: [] } }',
    );
    expect(subgraphs.get('a')?.allowedExtensionFields).toEqual({ kind: 'replace', keys: ['x'] });
    expect(subgraphs.get('b')?.allowedExtensionFields).toEqual({ kind: 'edit', add: ['x'], remove: ['code'] });
    expect(subgraphs.get('c')?.allowedFields).toEqual({ kind: 'replace', keys: [] });
    expect(problems('subgraphs: { a: { allowed_extension_fields: [x, "+y"] } }')).toEqual([
      'subgraphs.a.allowed_extension_fields: mixes plain keys with "+key" or "-key"; use one or the other',
    ]);
    expect(problems('allowed_extension_fields: ["+x"]')).toEqual([
      'allowed_extension_fields[0]: "+key" and "-key" belong into overrides; name the keys',
    ]);
  });

  it('reads conditions with one value or several, and codes as text', () => {
    const { rules } = block(
      'rules: [{ when: { code: [A, 7], status: 4xx, kind: timeout }, set: { code: B } }, { when: { status: [401, "403"] }, redacted_message: no }]',
    );
    expect(rules).toEqual([
      { when: { code: ['A', '7'], status: [{ from: 400, to: 499 }], kind: ['timeout'] }, set: { code: 'B' } },
      {
        when: {
          status: [
            { from: 401, to: 401 },
            { from: 403, to: 403 },
          ],
        },
        redactedMessage: 'no',
      },
    ]);
  });

  it('refuses rules and audiences that would match everything, or nothing', () => {
    expect(problems('rules: [{ when: {} }]')).toEqual(['rules[0].when: needs at least one condition']);
    expect(problems('rules: [{ mode: wrapped }]')).toEqual(['rules[0].when: is missing']);
    expect(problems('rules: [{ when: { code: [] } }]')).toEqual(['rules[0].when.code: must not be empty']);
    expect(problems('audiences: [{ name: a, when: {} }]')).toEqual([
      'audiences[0].when: needs at least one condition; without one it would be everybody',
    ]);
    expect(problems('rules: [{ when: { coordinate: pay } }]')).toEqual([
      'rules[0].when.coordinate: expected a coordinate such as Mutation.pay',
    ]);
  });

  it('refuses names and secrets of audiences that cannot be told apart', () => {
    const when = 'when: { network: 10.0.0.0/8 }';
    expect(problems(`audiences: [{ name: a, ${when} }, { name: a, ${when} }]`)).toEqual([
      'audiences[1].name: is the name of two audiences',
    ]);
    expect(problems(`audiences: [{ name: public, ${when} }]`)).toEqual([
      'audiences[0].name: public is the audience of everybody else; choose another name',
    ]);
    expect(problems('audiences: [{ name: "a.b", when: { signed_header: { name: X, secret: "" } } }]')).toEqual([
      'audiences[0].name: expected a name of letters, digits, _ and -',
      'audiences[0].when.signed_header.secret: must not be empty: everybody could pass',
    ]);
    expect(problems('audiences: [{ name: a, when: { network: [300.0.0.0/8, 10.0.0.0/33] } }]')).toHaveLength(2);
  });

  it('gives signed headers ten minutes', () => {
    const { audiences } = block('audiences: [{ name: a, when: { signed_header: { name: X-A, secret: s } } }]');
    expect(audiences[0]?.when).toEqual({ signedHeader: { name: 'X-A', secret: 's', maxAgeMs: 600_000 } });
  });

  it('refuses details and code of one subgraph together, and explains it', () => {
    expect(problems('subgraphs: { a: { return_error_details: a, return_error_code: true } }')).toEqual([
      'subgraphs.a.return_error_code: stands beside return_error_details: the one puts the status into the body of an answer with status 200, the other makes it the status of the answer; keep one',
    ]);
    expect(problems('subgraphs: { a: { return_error_details: a, return_error_code: false } }')).toEqual([]);
    expect(problems('subgraphs: { a: { alias: "", return_error_details: "a b" } }')).toHaveLength(2);
  });

  it('refuses an allow-list beside a deny-list in the same block only', () => {
    const message =
      'denied_extension_fields: stands beside allowed_extension_fields in the same block; leave the keys out of that list instead';
    const both = 'allowed_extension_fields: [a], denied_extension_fields: [b]';
    expect(problems(both)).toEqual([message]);
    expect(problems(`subgraphs: { s: { ${both} } }`)).toEqual([`subgraphs.s.${message}`]);
    expect(problems(`audiences: [{ name: a, when: { network: 10.0.0.1 }, rules: [{ when: { code: A }, ${both} }] }]`)).toEqual([
      `audiences[0].rules[0].${message}`,
    ]);
    expect(problems('allowed_extension_fields: [a], subgraphs: { s: { denied_extension_fields: [b] } }')).toEqual([]);
  });

  it('lets nobody but an audience see requests', () => {
    const message =
      'attach_request: would show the public URLs and variables; set it in an audience (subgraph_error_propagation.audiences)';
    expect(problems('attach_request: true')).toEqual([message]);
    expect(problems('rules: [{ when: { code: A }, attach_request: true }], subgraphs: { a: { attach_request: true } }')).toEqual([
      `rules[0].${message}`,
      `subgraphs.a.${message}`,
    ]);
    expect(problems('audiences: [{ name: a, when: { network: 10.0.0.1 }, attach_request: true }]')).toEqual([]);
  });

  it('reads a catalogue with sources, statuses and a fallback', () => {
    const { catalogue } = block(
      'catalogue: { codes: { SLOW: { from: [{ kind: timeout, subgraph: a }], http_status: 504, retryable: true, origin: subgraph } }, unknown: replace }',
    );
    expect(catalogue).toEqual({
      codes: new Map([['SLOW', { from: [{ kind: ['timeout'], subgraph: ['a'] }], httpStatus: 504, retryable: true, origin: 'subgraph' }]]),
      unknown: 'replace',
      fallback: { code: 'UPSTREAM_ERROR', message: 'Something went wrong on our side.' },
    });
    expect(problems('catalogue: { codes: { A: { http_status: 200, from: [{}] } } }')).toEqual([
      'catalogue.codes.A.http_status: must be at least 400',
      'catalogue.codes.A.from[0]: needs at least one condition',
    ]);
  });

  it('keeps detectors under the names that metrics have', () => {
    const { scrub } = block('scrub: { stack_traces: redact, custom: [{ name: ticket, pattern: "T-[0-9]+" }], floor: [secrets, custom] }');
    expect(scrub.actions.stack_traces).toBe('redact');
    expect(scrub.custom).toEqual([{ name: 'ticket', pattern: 'T-[0-9]+', action: 'mask' }]);
    expect(scrub.floor).toEqual(['secrets', 'custom']);
    expect(problems('scrub: { urls: hide, floor: [url] }')).toEqual([
      'scrub.urls: expected one of mask, redact, off',
      'scrub.floor[0]: expected one of urls, hosts, ips, paths, stack_traces, sql, secrets, emails, cards, custom; did you mean urls?',
    ]);
  });

  it('gives a subgraph no say in how long the whole answer may be', () => {
    expect(problems('subgraphs: { a: { limits: { errors_per_response: 1 } } }')).toEqual([
      'subgraphs.a.limits.errors_per_response: unknown key; known are errors_per_subgraph, places_per_error, message_bytes, extensions_bytes, detail_body_bytes',
    ]);
  });
});

describe('dev_mode', () => {
  const dev = (yaml: string): ErrorPropagation => block(yaml, 'dev_mode: true');

  it('forces what shows errors, against explicit values', () => {
    expect(dev('enabled: false, propagate_status_codes: false, omit_locations: true')).toMatchObject({
      enabled: true,
      propagateStatusCodes: true,
      omitLocations: false,
    });
  });

  it.each([
    ['', ['code', 'stacktrace']],
    ['allowed_extension_fields: []', ['code', 'stacktrace']],
    ['allowed_extension_fields: [x, stacktrace]', ['x', 'stacktrace', 'code']],
  ])('adds code and stacktrace to the list of { %s }, once', (yaml, fields) => {
    expect(dev(yaml).allowedExtensionFields).toEqual(fields);
  });

  it('leaves everything else as configured', () => {
    const {
      enabled: _enabled,
      propagateStatusCodes: _codes,
      omitLocations: _locations,
      allowedExtensionFields: _fields,
      ...rest
    } = errorDefaults('none');
    expect(dev('')).toMatchObject(rest);
    expect(dev('mode: pass-through, omit_extensions: true, attach_service_name: false')).toMatchObject({
      mode: 'pass-through',
      omitExtensions: true,
      attachServiceName: false,
    });
  });

  it('reaches subgraphs, audiences and rules', () => {
    const hidden = 'enabled: false, omit_locations: true, propagate_status_codes: false';
    const { rules, subgraphs, audiences } = dev(
      `rules: [{ when: { code: A }, ${hidden} }], subgraphs: { a: { ${hidden}, allowed_extension_fields: [], rules: [{ when: { code: B }, ${hidden} }] } }, audiences: [{ name: x, when: { network: ::1 }, ${hidden}, allowed_extension_fields: ["+y", "-code"] }]`.replace(
        '::1',
        '"::1"',
      ),
    );
    const shown = { enabled: true, omitLocations: false, propagateStatusCodes: true };
    expect(rules[0]).toMatchObject(shown);
    expect(subgraphs.get('a')).toMatchObject({ ...shown, allowedExtensionFields: { kind: 'replace', keys: ['code', 'stacktrace'] } });
    expect(subgraphs.get('a')?.rules?.[0]).toMatchObject(shown);
    expect(audiences[0]).toMatchObject({ ...shown, allowedExtensionFields: { kind: 'edit', add: ['y'], remove: [] } });
  });

  it('prints logs for people, opens the inspector, and warns', () => {
    const config = configOf('dev_mode: true\njson_log: true');
    expect([config.jsonLog, config.inspector.enabled]).toEqual([false, true]);
    expect(configOf('').inspector.enabled).toBe(false);
    expect(configOf('dev_mode: true\ninspector: { enabled: false }').inspector.enabled).toBe(false);
  });
});
