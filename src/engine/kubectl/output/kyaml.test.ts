import { expect, it } from 'vitest';
import type { JsonValue } from '#engine/api/json';
import { parseManifest } from '#engine/api/manifest';
import { kyamlText } from './kyaml';

const ROWS: readonly (readonly [string, JsonValue, string])[] = [
  ['objects', { kind: 'Pod', apiVersion: 'v1', spec: {} }, '{\n  apiVersion: "v1",\n  kind: "Pod",\n  spec: {},\n}'],
  ['objects in a list', [{ a: 1 }, { b: [] }], '[{\n  a: 1,\n}, {\n  b: [],\n}]'],
  ['lists in a list', { a: [[true, null], []] }, '{\n  a: [[\n    true,\n    null,\n  ], []],\n}'],
  ['other items', { a: ['x', 1.5, {}] }, '{\n  a: [\n    "x",\n    1.5,\n    {},\n  ],\n}'],
  ['strings like others', ['no', '1', '', '2026-01-01'], '[\n  "no",\n  "1",\n  "",\n  "2026-01-01",\n]'],
  [
    'keys that are quoted',
    { no: 1, T: 1, '8': 1, '1_0': 1, '0x1f': 1, '2026-1-2': 1, '': 1, 'a b': 1, '-a': 1, 'a.': 1, 'a"': 1 },
    '{\n  "": 1,\n  "-a": 1,\n  "0x1f": 1,\n  "1_0": 1,\n  "2026-1-2": 1,\n  "8": 1,\n  "T": 1,\n  "a b": 1,\n  "a\\"": 1,\n  "a.": 1,\n  "no": 1,\n}',
  ],
  [
    'keys that are not',
    { 'kubernetes.io/metadata.name': 'x', a_b: 1, none: 1, '2026-13-1': 1 },
    '{\n  2026-13-1: 1,\n  a_b: 1,\n  kubernetes.io/metadata.name: "x",\n  none: 1,\n}',
  ],
  [
    'letters',
    'é "quoted" \\ \t\u0000\u001B\u00A0\u2028\u0001\u007F\uFEFF😀',
    '"é \\"quoted\\" \\\\ \\t\\0\\e\\_\\L\\x01\\x7f\\ufeff😀"',
  ],
  [
    'lines',
    { a: 'one\n  two\n\nthree\n' },
    '{\n  a: "\\\n     one\\n\\\n    \\  two\\n\\\n     \\n\\\n     three\\n\\\n    ",\n}',
  ],
  ['lines without an end', ['one\ntwo'], '[\n  "\\\n     one\\n\\\n     two\\\n    ",\n]'],
];

it.each(ROWS)('KYAML of %s', (_, value, text) => {
  expect(kyamlText(value)).toBe(`---\n${text}\n`);
  const read = parseManifest(kyamlText({ value }), 'kyaml');
  expect(read.ok && read.documents[0]?.object).toEqual({ value });
});
