import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../json';
import { deepFreeze } from '../testing';
import { applyJsonPatch } from './json-patch';

/** The code with which operations are refused; null: they are not. */
const refusalOf = (document: JsonValue, ...operations: readonly unknown[]): number | null => {
  const result = applyJsonPatch(deepFreeze(document), operations);
  return result.ok ? null : (result.status.code ?? 0);
};

describe('a JSON patch', () => {
  // RFC 6902, appendix A
  it.each<[string, JsonValue, readonly unknown[], JsonValue]>([
    ['A.1 adds a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [
      'A.2 inserts an element',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 removes a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [
      'A.4 removes an element',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5 replaces a value',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 moves a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7 moves an element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 goes on after a test that holds',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10 adds a nested object',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    [
      'A.11 ignores unknown members',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux', xyz: 123 }],
      { foo: 'bar', baz: 'qux' },
    ],
    ['A.14 reads ~01 as ~1', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16 adds at the end of a list',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    ['copies a value', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
    ['replaces the whole', { a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    ['keeps nulls that are there', { a: null }, [{ op: 'test', path: '/a', value: null }], { a: null }],
  ])('%s', (_, document, operations, expected) => {
    expect(applyJsonPatch(deepFreeze(document), operations)).toEqual({ ok: true, value: expected });
  });

  it.each<[string, JsonValue, object]>([
    ['a test that fails', { baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }],
    ['removing what is not there', {}, { op: 'remove', path: '/a' }],
    ['replacing what is not there', {}, { op: 'replace', path: '/a', value: 1 }],
    ['adding to what is not there', {}, { op: 'add', path: '/a/b', value: 1 }],
    ['adding beyond the end of a list', { a: [] }, { op: 'add', path: '/a/8', value: 1 }],
    ['an operation that there is not', {}, { op: 'frob', path: '/a' }],
    ['moving what is not there', { a: 1 }, { op: 'move', from: '/x', path: '/a' }],
    ['no path', {}, { op: 'add', value: 1 }],
  ])('is refused for %s, without a word why', (_what, document, operation) => {
    expect(applyJsonPatch(deepFreeze(document), [operation])).toMatchObject({
      ok: false,
      status: {
        code: 422,
        reason: 'Invalid',
        message: 'the server rejected our request due to an error in our request',
        details: {},
      },
    });
  });

  it('does not reach into prototypes', () => {
    const result = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(result.ok && Object.hasOwn(result.value as object, '__proto__')).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(refusalOf({}, { op: 'add', path: '/constructor/prototype', value: 1 })).toBe(422);
  });

  it('shares what it does not touch', () => {
    const untouched = { deep: [1] };
    const result = applyJsonPatch({ untouched, a: 1 }, [{ op: 'replace', path: '/a', value: 2 }]);
    expect(result.ok && (result.value as { untouched: unknown }).untouched).toBe(untouched);
  });
});
