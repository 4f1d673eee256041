import { describe, expect, it } from 'vitest';
import { parseFieldPath, valuesAt } from './field-path';
import { matchesGlob } from './glob';

const pod = {
  metadata: { labels: { app: 'web', 'app.kubernetes.io/name': 'shop' } },
  spec: { containers: [{ image: 'nginx:1.27' }, { image: 'redis:7.4' }], nodeName: null },
  status: {
    conditions: [
      { type: 'Initialized', status: 'True' },
      { type: 'Ready', status: 'False' },
    ],
  },
};

describe('a path into an object', () => {
  it.each([
    ['metadata.labels.app', ['web']],
    ["metadata.labels['app.kubernetes.io/name']", ['shop']],
    ['metadata.labels.app\\.kubernetes\\.io/name', ['shop']],
    ['spec.containers[1].image', ['redis:7.4']],
    ['spec.containers[*].image', ['nginx:1.27', 'redis:7.4']],
    ['status.conditions[type=Ready].status', ['False']],
    ['{.status.conditions[?(@.type=="Ready")].status}', ['False']],
    ['.metadata.labels.app', ['web']],
    ['spec.nodeName', []],
    ['spec.containers[7].image', []],
    ['spec.toString', []],
  ])('%s leads to %j', (text, values) => {
    const parsed = parseFieldPath(text);
    expect(parsed.ok ? valuesAt(pod, parsed.path) : parsed.error).toEqual(values);
  });

  it.each([
    ['', 'nothing in the path ""'],
    ['a..b', 'an empty name in the path "a..b"'],
    ['a.', 'a dot at the end in the path "a."'],
    ['a[0', 'a [ without its ] in the path "a[0"'],
    ['a[x]', '"[x]" is none of [0], [*], [type=Ready], [\'a.key\'] in the path "a[x]"'],
    ['a[0]b', '"b" where a dot or a [ is expected in the path "a[0]b"'],
  ])('"%s" is refused', (text, error) => expect(parseFieldPath(text)).toEqual({ ok: false, error }));
});

describe('a glob', () => {
  it.each([
    ['web-*', 'web-abc', true],
    ['web-*', 'wet-abc', false],
    ['*', '', true],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*a*b', 'xxaxxbxxb', true],
    ['web', 'web', true],
    ['[w]eb', 'web', false],
  ])('%s against %s: %s', (pattern, text, matches) => expect(matchesGlob(pattern, text)).toBe(matches));

  it('takes no exponential time', () => expect(matchesGlob('*a'.repeat(200) + 'b', 'a'.repeat(2000))).toBe(false));
});
