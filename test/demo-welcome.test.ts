import { describe, expect, it } from 'vitest';
import { welcome } from '../subgraphs/welcome.ts';
import { configOf } from './support/config.ts';

/** What it says is where, by name. */
function placesOf(yaml: string): Readonly<Record<string, string>> {
  const lines = welcome(configOf(yaml)).matchAll(/^ {2}(Playground|Endpoint|Inspector|Metrics) +(\S+)/gm);
  return Object.fromEntries([...lines].map(([, name = '', url = '']) => [name, url]));
}

describe('welcome', () => {
  it('names all that a router in dev_mode serves', () => {
    expect(placesOf('dev_mode: true')).toEqual({
      Playground: 'http://localhost:3002/',
      Endpoint: 'http://localhost:3002/graphql',
      Inspector: 'http://localhost:3002/_candor/errors',
      Metrics: 'http://127.0.0.1:8088/metrics',
    });
  });

  it('names no inspector where there is none', () => {
    expect(placesOf('dev_mode: false')).not.toHaveProperty('Inspector');
    expect(placesOf('dev_mode: true\ninspector: { enabled: false }')).not.toHaveProperty('Inspector');
  });

  it('names neither playground nor metrics when they are off', () => {
    const off = 'playground: { enabled: false }\ntelemetry: { metrics: { prometheus: { enabled: false } } }';
    expect(placesOf(off)).toEqual({ Endpoint: 'http://localhost:3002/graphql' });
    expect(welcome(configOf(off))).not.toContain('playground');
  });

  it.each([
    ['0.0.0.0:4000', 'http://localhost:4000'],
    [':4000', 'http://localhost:4000'],
    ['"[::]:4000"', 'http://localhost:4000'],
    ['"[::1]:4000"', 'http://[::1]:4000'],
    ['127.0.0.1:4000', 'http://127.0.0.1:4000'],
  ])('reaches a router that listens on %s at %s', (address, origin) => {
    const places = placesOf(`listen_addr: ${address}\ngraphql_path: /api\nplayground: { path: /try }`);
    expect(places).toMatchObject({ Endpoint: `${origin}/api`, Playground: `${origin}/try` });
  });
});
