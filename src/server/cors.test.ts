import { describe, expect, it } from 'vitest';
import { type CorsSettings, compileCors } from './cors.ts';

const settings = (changes: Partial<CorsSettings>): CorsSettings => ({
  enabled: true,
  allowOrigins: ['*'],
  allowCredentials: false,
  maxAgeSeconds: 300,
  ...changes,
});

const allowed = (changes: Partial<CorsSettings>, origin?: string): string | undefined =>
  compileCors(settings(changes))
    .headers(origin === undefined ? {} : { origin })
    .find(([name]) => name === 'access-control-allow-origin')?.[1];

describe('compileCors', () => {
  it('says * when everybody may ask', () => {
    expect(allowed({}, 'https://a.example')).toBe('*');
  });

  it('names the origin when it is on the list, and only then', () => {
    const allowOrigins = ['https://a.example'];
    expect(allowed({ allowOrigins }, 'https://a.example')).toBe('https://a.example');
    expect(allowed({ allowOrigins }, 'https://b.example')).toBeUndefined();
    expect(allowed({ allowOrigins })).toBeUndefined();
  });

  it('lets a star stand for a part of the host', () => {
    const allowOrigins = ['https://*.example.com'];
    expect(allowed({ allowOrigins }, 'https://shop.example.com')).toBe('https://shop.example.com');
    expect(allowed({ allowOrigins }, 'https://shop.example.com.evil.org')).toBeUndefined();
    expect(allowed({ allowOrigins }, 'https://evil.org/.example.com')).toBeUndefined();
    expect(allowed({ allowOrigins }, 'https://shopXexample.com')).toBeUndefined();
  });

  it('tells caches that the answer depends on Origin, also without one', () => {
    expect(compileCors(settings({ allowOrigins: ['https://a.example'] })).headers({})).toEqual([['vary', 'Origin']]);
  });

  it('answers a preflight with what was asked for', () => {
    const cors = compileCors(settings({}));
    const request = {
      origin: 'https://a.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    expect(cors.preflight(request)).toEqual([
      ['vary', 'Access-Control-Request-Headers'],
      ['access-control-allow-methods', 'GET, HEAD, POST'],
      ['access-control-allow-headers', 'content-type'],
      ['access-control-max-age', '300'],
    ]);
    expect(cors.preflight({ origin: 'https://a.example' })).toBeNull();
  });

  it('is silent when switched off', () => {
    expect(allowed({ enabled: false }, 'https://a.example')).toBeUndefined();
  });
});
