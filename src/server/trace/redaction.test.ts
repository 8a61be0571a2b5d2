import { describe, expect, it } from 'vitest';
import { HIDDEN, redactDocument, redactHeader, redactRequestBody, redactUrl, redactValue } from './redaction.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghijk';

describe('redactHeader', () => {
  it.each([
    'authorization',
    'Cookie',
    'set-cookie',
    'x-api-key',
    'x-auth',
    'proxy-authorization',
    'x-csrf-token',
    'x-session',
  ])('hides %s whatever it says', (name) => expect(redactHeader(name, 'abc')).toBe(HIDDEN));

  it('masks what looks like a credential elsewhere, and keeps the rest', () => {
    expect(redactHeader('x-note', `see ${JWT}`)).toBe('see ***');
    expect(redactHeader('x-fault', 'status=502')).toBe('status=502');
    expect(redactHeader('x-audience', 'a', ['x-audience'])).toBe(HIDDEN);
  });
});

describe('redactDocument', () => {
  it('dots literals that are secrets by name or look, and keeps every place', () => {
    const text = `mutation($apiKey: String = "k") { login(password: "hunter2", pin: 3, note: "${JWT}", input: { token: 42 }) { token } }`;
    const shown = redactDocument(text);
    expect(shown).toHaveLength(text.length);
    expect(shown).toBe(
      `mutation($apiKey: String = •••) { login(password: •••••••••, pin: 3, note: ${'•'.repeat(JWT.length + 2)}, input: { token: •• }) { token } }`,
    );
  });

  it('changes nothing where nothing is secret', () => {
    const text = 'query($token: ID!) { a(id: "x") { token: name } }';
    expect(redactDocument(text)).toBe(text);
  });
});

describe('redactRequestBody', () => {
  it('masks variables by name, at any depth, and tokens by their look', () => {
    const body = JSON.stringify({ query: '{ a }', variables: { password: 'p', nested: [{ apiKey: 'k', id: 1 }], text: `Bearer ${JWT}` } });
    expect(redactRequestBody(body)).toEqual({
      query: '{ a }',
      variables: { password: '***', nested: [{ apiKey: '***', id: 1 }], text: 'Bearer ***' },
    });
  });

  it('shows nothing of what is no request', () => {
    expect(redactRequestBody('{')).toBe(HIDDEN);
  });
});

describe('redactValue', () => {
  it('does not follow endless nesting', () => {
    expect(redactValue(JSON.parse('['.repeat(500) + ']'.repeat(500)))).toBe(HIDDEN);
  });
});

describe('redactUrl', () => {
  it('leaves out credentials', () => {
    expect(redactUrl('http://user:pass@host:4001/graphql?api_key=1&v=2')).toBe('http://host:4001/graphql?api_key=%5Bhidden%5D&v=2');
  });
});
