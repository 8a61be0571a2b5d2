import { describe, expect, it } from 'vitest';
import { composeSdl } from './compose.ts';
import { printProblem } from './problem.ts';

const IMPORTS = '["@key", "@shareable", "@external", "@requires", "@provides", "@interfaceObject"]';
const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ${IMPORTS})\n`;

/** Lines of the composed SDL that begin with a field's name. */
function composedField(name: string, sdls: Readonly<Record<string, string>>, link = LINK): readonly string[] {
  const services = Object.entries(sdls).map(([subgraph, sdl]) => ({ name: subgraph, url: `http://${subgraph}.test/`, sdl: link + sdl }));
  const composed = composeSdl(services);
  if (!composed.ok) throw new Error(composed.error.map(printProblem).join('\n'));
  return composed.value.split('\n').flatMap((line) => (line.trim().startsWith(`${name}:`) ? [line.trim()] : []));
}

const zoo = (pet: string): string => `union Pet = Cat | Dog type Cat { id: ID! @shareable } type Dog { id: ID! @shareable }
  type Query { pet: ${pet} @shareable home: Home @shareable } type Home { pet: ${pet} @shareable }`;

describe('a field that is an object type here and abstract there', () => {
  it.each([
    ['Cat', 'Pet', '(graph: A, type: "Cat") @join__field(graph: B', '(graph: A, type: "Cat") @join__field(graph: B, type: "Pet"'],
    ['Pet', 'Cat', '(graph: A) @join__field(graph: B, type: "Cat"', '(graph: A, type: "Pet") @join__field(graph: B, type: "Cat"'],
  ])('has the wider type, with %s first and %s second', (first, second, ofHome, ofQuery) => {
    expect(composedField('pet', { a: zoo(first), b: zoo(second) })).toEqual([
      `pet: Pet @join__field${ofHome})`,
      `pet: Pet @join__field${ofQuery})`,
    ]);
  });

  it.each(['union Pet = Cat | Dog', 'interface Pet { id: ID! }'])('is not provided on the wider type: %s', (pet) => {
    const implementing = pet.startsWith('interface') ? 'implements Pet' : '';
    const a = 'type Query { pet: Cat @provides(fields: "name") @shareable } type Cat @key(fields: "id") { id: ID! name: String @external }';
    const b = `${pet} type Cat ${implementing} @key(fields: "id") { id: ID! name: String } type Dog ${implementing} { id: ID! } type Query { pet: Pet @shareable }`;
    expect(composedField('pet', { a, b })).toEqual(['pet: Pet @join__field(graph: A, type: "Cat") @join__field(graph: B)']);
  });

  it('is nullable, at each level, where one subgraph says so', () => {
    const [line] = composedField('pet', { a: zoo('[Cat!]!'), b: zoo('[Pet]!') });
    expect(line).toMatch(/^pet: \[Pet\]! @join__field\(graph: A, type: "\[Cat!\]!"\)/);
  });

  it('is found behind renamed root types', () => {
    const renamed = zoo('Pet').replaceAll('Query', 'Root');
    const [line] = composedField('pet', { a: zoo('Cat'), b: `schema { query: Root } ${renamed}` });
    expect(line).toMatch(/^pet: Pet /);
  });

  it('stays as it is where the named type is the same', () => {
    const [line] = composedField('pet', { a: zoo('Cat!'), b: zoo('Cat') });
    expect(line).toBe('pet: Cat');
  });
});

describe("an interface's field that every subgraph declares", () => {
  const owner = `type Query { all: [Named!]! } interface Named @key(fields: "id") { id: ID! name: String }
    type Person implements Named @key(fields: "id") { id: ID! name: String }`;
  const object = `type Query { some: [Named] } type Named @key(fields: "id") @interfaceObject
    { id: ID! name: String @external nickname: String @requires(fields: "name") }`;

  it('keeps that it is external in one', () => {
    expect(composedField('name', { owner, object })).toContain(
      'name: String @join__field(graph: OBJECT, external: true) @join__field(graph: OWNER)',
    );
  });

  it('keeps it where the federation directives have other names', () => {
    const link = LINK.replace('"@external"', '{ name: "@external", as: "@foreign" }').replace(', "@requires"', '');
    const renamed = object.replace('@external', '@foreign').replace('@requires', '@federation__requires');
    expect(composedField('name', { owner, object: renamed }, link)).toContain(
      'name: String @join__field(graph: OBJECT, external: true) @join__field(graph: OWNER)',
    );
  });

  it('gets no joins when there is nothing to say', () => {
    const twin =
      'type Query { more: [Named] } interface Named { id: ID! name: String } type Place implements Named { id: ID! name: String }';
    expect(composedField('name', { owner, twin })).toEqual(['name: String', 'name: String', 'name: String']);
  });
});

const scaled = (sdl: string): string => sdl.replaceAll('volume: Int!', 'volume: Int! scaled(by: String, in: [Part]): Int');

describe('a field set with a fragment on a narrower interface', () => {
  const TYPES = `interface Shape { area: Int! } interface Solid implements Shape { area: Int! volume: Int! }
    type Cube implements Shape & Solid @shareable { area: Int! volume: Int! edge: Int! } type Disc implements Shape @shareable { area: Int! }`;
  const owner = `${TYPES} type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! shape: Shape }`;
  const user = (fields: string): string =>
    `${TYPES} type Thing @key(fields: "id") { id: ID! shape: Shape @external weight: Int @requires(fields: "${fields}") }`;

  it.each([
    'shape { area ... on Solid { volume } }',
    'shape { ... on Solid { volume ... on Cube { edge } } }',
    'shape { ... on Cube { ... on Solid { volume } edge } }',
    'shape { ... on Shape { ... { area } } }',
  ])('composes and stays as it was written: %s', (fields) => {
    expect(composedField('weight', { owner, user: user(fields) })).toEqual([
      `weight: Int @join__field(graph: USER, requires: "${fields}")`,
    ]);
  });

  it.each([
    ['shape { # the shape\n ... on Solid { volume } }', 'shape { ... on Solid { volume } }'],
    ['{ shape { ... on Solid { volume } } }', 'shape { ... on Solid { volume } }'],
    ['shape { area,\t... on Solid { v: volume } } # all', 'shape { area ... on Solid { v: volume } }'],
    [
      'shape { ... on Solid { scaled(by: "a  # b", in: [1, {x: 2}]) } }',
      'shape { ... on Solid { scaled(by: "a  # b", in: [1, {x: 2}]) } }',
    ],
    ['shape { ... on Solid { scaled(by: """\n  a\n  "b"\n""") } }', 'shape { ... on Solid { scaled(by: "a\\n\\"b\\"") } }'],
  ])('composes and has one line, and the same strings: %j', (written, fields) => {
    const part = ' scalar Part';
    const composed = composedField('weight', {
      owner: scaled(owner) + part,
      user: scaled(user('@@').replace('"@@"', JSON.stringify(written))) + part,
    });
    expect(composed).toEqual([`weight: Int @join__field(graph: USER, requires: ${JSON.stringify(fields)})`]);
  });

  it('is still refused when a subgraph cannot give it', () => {
    const poor = owner.replace(
      'type Cube implements Shape & Solid @shareable { area: Int! volume: Int! edge: Int! }',
      'type Cube implements Shape @shareable { area: Int! }',
    );
    expect(() => composedField('weight', { owner: poor, user: user('shape { ... on Solid { volume } }') })).toThrow(/volume|weight/);
  });
});

describe('a key in braces', () => {
  it('loses them, for a join directive has none', () => {
    const services = ['{ id }', 'id # the id\n'].map((key, index) => ({
      name: `s${index}`,
      url: `http://s${index}.test/`,
      sdl: `${LINK} type Query { q${index}: Thing } type Thing @key(fields: ${JSON.stringify(key)}) { id: ID! f${index}: Int }`,
    }));
    const composed = composeSdl(services);
    expect(composed.ok && /^type Thing .*/m.exec(composed.value)?.[0]).toBe(
      'type Thing @join__type(graph: S0, key: "id") @join__type(graph: S1, key: "id # the id\\n") {',
    );
  });
});
