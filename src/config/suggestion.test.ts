import { describe, expect, it } from 'vitest';
import { suggest } from './suggestion.ts';

describe('suggest', () => {
  it('finds the nearest candidate', () => {
    expect(suggest('mod', ['message', 'mode', 'node'])).toBe('mode');
    expect(suggest('alow_origins', ['allow_origins', 'allow_credentials'])).toBe('allow_origins');
    expect(suggest('ENABLED', ['enabled'])).toBe('enabled');
  });

  it('suggests nothing that is far away', () => {
    expect(suggest('zzz', ['mode', 'enabled'])).toBeNull();
    expect(suggest('x', ['mode'])).toBeNull();
    expect(suggest('a'.repeat(100), ['a'.repeat(99)])).toBeNull();
  });
});
