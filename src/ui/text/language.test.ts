import { describe, expect, it } from 'vitest';
import { en } from './en';
import { firstSpoken, loadCatalogue } from './language';

describe('the language that is chosen first', () => {
  it.each([
    [['zh-CN', 'en'], 'zh'],
    [['zh-Hans-SG'], 'zh'],
    [['zh-TW'], 'zh'],
    [['de-CH', 'zh', 'en-GB'], 'zh'],
    [['fr', 'en-US', 'zh'], 'en'],
    [['fr', 'ja'], 'en'],
    [[], 'en'],
  ] as const)('of %j is %s', (tags, language) => {
    expect(firstSpoken(tags)).toBe(language);
  });
});

/** Paths of all plain strings of a catalogue, with the strings. */
function plainStrings(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => plainStrings(child, `${path}.${key}`));
}

/** Names and words of the API, which its Chinese documentation leaves in English. */
const LEFT =
  /^(Kubarium|Del|Pod|kubectl|etcd|CPU|IP|YAML|Deployment|Service|Normal|Warning|Pod CIDR|EN|中文|Ctrl\+Enter.*)$/;

describe('the Chinese catalogue', () => {
  it('has the paths of the English one', async () => {
    const paths = (catalogue: unknown) => plainStrings(catalogue).map(([path]) => path);
    expect(paths(await loadCatalogue('zh'))).toEqual(expect.arrayContaining(paths(en)));
  });

  it('leaves no sentence in English', async () => {
    const left = plainStrings(await loadCatalogue('zh')).filter(([, words]) => !/[\u4e00-\u9fff]/.test(words));
    expect(left.filter(([, words]) => !LEFT.test(words))).toEqual([]);
  });
});
