import { describe, expect, it } from 'vitest';
import { compileRegExp } from './regexp';

const matches = (pattern: string, text: string): boolean => {
  const compiled = compileRegExp(pattern);
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value.matches(text);
};

// Go regexp/find_test.go, regexp/syntax/parse_test.go
describe('an expression of Go', () => {
  it.each([
    ['', '', true],
    ['^abcdefg', 'abcdefg', true],
    ['a+', 'baaab', true],
    ['abcd..', 'abcdef', true],
    ['(a+)(b+)', 'b', false],
    ['a*', 'bb', true],
    ['^[a-z]+$', 'A', false],
    ['^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', '* * * * */5', true],
    ['^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$', '* * * *', false],
    ['[[:upper:]]{2}', 'aBc', false],
    ['[^\\d]', '123', false],
    ['(?i)FOO', 'xfoox', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['^b$', 'a\nb', false],
    ['(?m)^b$', 'a\nb', true],
    ['\\bfoo\\b', 'a foo b', true],
    ['\\bfoo\\b', 'afoo', false],
    ['x{2,3}?y', 'xxy', true],
    ['^x{2}$', 'xxx', false],
    ['a{,2}', 'a{,2}', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\pL+\\p{Greek}', 'xα', true],
    ['[\\w.-]+@[\\w.-]+', 'me@example.com', true],
    ['[]a]', ']', true],
    ['a|b|', 'c', true],
    ['^(?:a|ab)(?:c|bcd)$', 'abcd', true],
    ['\\x41\\x{1F600}', 'A😀', true],
  ])('%s on %j: %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it.each([
    ['(', 'missing closing ): `(`'],
    ['a)', 'unexpected ): `a)`'],
    ['[a', 'missing closing ]: `[a`'],
    ['*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['\\q', 'invalid escape sequence: `\\q`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['((a{100}){100})', 'invalid repeat count: `{100}`'],
  ])('%s is refused: %s', (pattern, error) => {
    expect(compileRegExp(pattern)).toEqual({ ok: false, error: `error parsing regexp: ${error}` });
  });

  it('takes time linear in the text where others try all ways back', () => {
    expect(matches('^(a+)+$', `${'a'.repeat(5000)}b`)).toBe(false);
    expect(matches('(x*)*(x*)*(x*)*y', 'x'.repeat(2000))).toBe(false);
  });
});

// Go regexp/find_test.go, all_test.go
describe('what an expression of Go finds', () => {
  it.each([
    ['a+', 'baaab', ['aaa']],
    ['a+?', 'aaa', ['a', 'a', 'a']],
    ['(?U)a+', 'aa', ['a', 'a']],
    ['a|ab', 'ab', ['a']],
    ['ab|a', 'ab', ['ab']],
    ['(a+)(b+)?', 'aabab', ['aab', 'ab']],
    ['a*', 'baab', ['', 'aa', '']],
    ['', 'ab', ['', '', '']],
    ['x', 'ab', []],
    ['[0-9]+', 'this is a 123 test 456', ['123', '456']],
    ['é.', 'aé😀', ['é😀']],
  ])('%s in %s: %j', (pattern, text, expected) => {
    const compiled = compileRegExp(pattern);
    expect(compiled.ok && compiled.value.findAll(text)).toEqual(expected);
  });
});
