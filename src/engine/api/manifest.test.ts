import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest';
import { positionOf } from './manifest-document';

const objects = (text: string) => {
  const manifest = parseManifest(text, 'f.yaml');
  if (!manifest.ok) throw new Error(manifest.error.message);
  return manifest.documents.map(({ object }) => object);
};
const problem = (text: string) => {
  const manifest = parseManifest(text, 'f.yaml');
  return manifest.ok ? 'accepted' : manifest.error.message;
};

describe('manifests', () => {
  it('reads several documents and skips empty ones', () => {
    expect(objects('a: 1\n---\n---\n# nothing\n---\nb: 2\n')).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('reads JSON, and lists as their items', () => {
    expect(objects('{"kind": "List", "items": [{"kind": "A"}, {"kind": "B"}]}')).toEqual([
      { kind: 'A' },
      { kind: 'B' },
    ]);
  });

  // sigs.k8s.io/yaml over goyaml.v2
  it.each([
    ['yes', true],
    ['on', true],
    ['y', true],
    ['NO', false],
    ['off', false],
    ['0755', 493],
    ['-0755', -493],
    ['0o755', 493],
    ['010', 8],
    ['0800', 800],
    ['08', 8],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['+5', 5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['1.0', 1],
    ['1e400', '1e400'],
    ['1:30', '1:30'],
    ['190:20:30', '190:20:30'],
    ['2020-01-01', '2020-01-01'],
    ['~', null],
    ['null', null],
    ['', null],
    ['"yes"', 'yes'],
    ["'5'", '5'],
    ['!!str 5', '5'],
    ['nginx:1.25', 'nginx:1.25'],
    ['1.2.3', '1.2.3'],
    ['64Mi', '64Mi'],
    ['- ', [null]],
  ])('reads %s as %j', (text, value) =>
    expect(objects(`a: ${text.startsWith('-') && text.length === 2 ? `\n  ${text}` : text}`)).toEqual([{ a: value }]),
  );

  it('turns other keys into text, follows aliases and merges', () => {
    expect(objects('1: a\ntrue: b\nbase: &b {x: 1, z: 2}\nuse:\n  <<: *b\n  z: 3\nagain: *b')).toEqual([
      { 1: 'a', true: 'b', base: { x: 1, z: 2 }, use: { x: 1, z: 3 }, again: { x: 1, z: 2 } },
    ]);
  });

  it('reports duplicate keys, the last one winning', () => {
    const manifest = parseManifest('a: 1\nb: 2\na: 3\n');
    expect(manifest.ok && manifest.documents[0]?.duplicates).toEqual(['line 3: key "a" already set in map']);
    expect(manifest.ok && manifest.documents[0]?.object).toEqual({ a: 3, b: 2 });
  });

  it.each([
    [
      'a: b: c',
      'error: error parsing f.yaml: error converting YAML to JSON: yaml: mapping values are not allowed in this context',
    ],
    ['a: .inf', 'error: error parsing f.yaml: error converting YAML to JSON: json: unsupported value: +Inf'],
    ['a: [1,2', "error: error parsing f.yaml: error converting YAML to JSON: yaml: did not find expected ',' or ']'"],
    [
      'a:\n\tb: 1',
      'error: error parsing f.yaml: error converting YAML to JSON: yaml: line 2: found character that cannot start any token',
    ],
    ['a: *b', "error: error parsing f.yaml: error converting YAML to JSON: yaml: unknown anchor 'b' referenced"],
    [
      'just text',
      'error: error parsing f.yaml: error converting YAML to JSON: json: cannot unmarshal string into Go value of type map[string]interface {}',
    ],
  ])('refuses %j', (text, expected) => expect(problem(text)).toBe(expected));

  it('refuses an alias bomb at once', () => {
    const levels = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let level = 1; level < 12; level++) {
      const name = String.fromCharCode(97 + level);
      const before = String.fromCharCode(96 + level);
      levels.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`);
    }
    expect(problem(levels.join('\n'))).toContain('document contains excessive aliasing');
  });

  it('refuses five megabytes', () => {
    expect(problem('x'.repeat(5_000_000))).toBe('error: Request entity too large: limit is 3145728');
  });

  it('knows where a field stands', () => {
    const text = 'kind: Pod\n---\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: x\ndata:\n  a.b: c\n';
    const manifest = parseManifest(text);
    const second = manifest.ok ? manifest.documents[1] : undefined;
    if (second === undefined) throw new Error('no second document');
    expect(second.line).toBe(3);
    expect(positionOf(second, 'spec.containers[0].image')).toEqual({ line: 7, column: 5 });
    expect(positionOf(second, 'spec.containers[0].ports[0].name')).toEqual({ line: 6, column: 5 });
    expect(positionOf(second, 'data[a.b]')).toEqual({ line: 9, column: 3 });
    expect(positionOf(second, 'nowhere')).toEqual({ line: 3, column: 1 });
  });
});
