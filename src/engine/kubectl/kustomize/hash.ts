/** The end of a generated name, which says what the object holds. @source sigs.k8s.io/kustomize api/hasher/hasher.go, kubectl/pkg/util/hash/hash.go */
import { canonicalJson, type JsonObject } from '#engine/api/json';
import { sha256 } from '#engine/api/sha256';
import { mapOf, textOf } from './resource';

/** Letters that spell no words. */
const LETTERS: Readonly<Record<string, string>> = { '0': 'g', '1': 'h', '3': 'k', a: 'm', e: 't' };

/** @param name - as it counts in the hash */
export function contentHash(object: JsonObject, name: string): string {
  const kind = textOf(object['kind']);
  const own = kind === 'Secret' ? { type: textOf(object['type']) } : {};
  const held = ['binaryData', 'stringData'].filter((field) => Object.keys(mapOf(object[field])).length > 0);
  const content = {
    data: object['data'] ?? '',
    kind,
    name,
    ...own,
    ...Object.fromEntries(held.map((field) => [field, mapOf(object[field])])),
  };
  const text = canonicalJson(content).replace(
    /[<>&\u2028\u2029]/g,
    (symbol) => `\\u${symbol.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Array.from(sha256(text).slice(0, 10), (letter) => LETTERS[letter] ?? letter).join('');
}
