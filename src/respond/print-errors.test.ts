import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approve } from '../errors/policy/client-error.ts';
import { isJsonObject, type JsonValue, parseJson, printJson } from '../shared/json.ts';
import { printErrors } from './print-errors.ts';

/** As the router reads JSON: raw numbers, and names such as `__proto__`. */
function read(text: string): JsonValue {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : null;
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\ud800', '\u0001', '…', '__proto__'));
const json = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((value) => read(JSON.stringify(value))),
  fc.constantFrom('[12345678901234567890, -0, 1e21]', '{"__proto__": {"x": 1e400}}').map(read),
  text,
);
const path = fc.array(fc.oneof(fc.constantFrom('users', 'name'), text, fc.nat(), json), { maxLength: 6 });
const extensions = fc.oneof(json, fc.record({ code: json, errors: json, list: json }, { requiredKeys: [] }));
const plain = fc.oneof(
  fc.record({ message: fc.oneof(text, json), path: fc.oneof(path, json), extensions, errors: json }, { requiredKeys: [] }),
  json,
);
/** Some are the same object as others, inside wrappers and beside them. */
const errors = fc.tuple(fc.array(plain, { maxLength: 4 }), fc.array(fc.nat(3), { maxLength: 8 })).map(([made, picks]) => {
  const inner = picks.map((pick) => made[pick % Math.max(1, made.length)] ?? null);
  const shared = inner.flatMap((error) => (isJsonObject(error) ? [{ ...error, path: ['users', 1, 'name'] }] : []));
  return [...inner, ...shared, { message: 'wrapper', extensions: { errors: [...inner, ...shared], code: 'X' } }];
});

describe('printErrors', () => {
  it('prints what printJson prints', () => {
    fc.assert(
      fc.property(errors, (made) => {
        const approved = made.map((error) => approve(isJsonObject(error) ? error : null));
        expect(printErrors(approved)).toBe(printJson(approved));
      }),
      { numRuns: 1000 },
    );
  });

  it('prints more errors than it remembers texts', () => {
    const many = Array.from({ length: 2000 }, (_, i) => approve({ message: `m${i}`, extensions: { code: `C${i}` } }));
    expect(printErrors(many)).toBe(printJson(many));
  });
});
