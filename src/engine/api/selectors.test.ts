import { describe, expect, it } from 'vitest';
import { fieldSelectorError, parseFieldSelector } from './field-selector';
import {
  compileRequirements,
  formatLabelSelector,
  formatRequirements,
  labelPredicate,
  matchesSelector,
  parseLabelSelector,
} from './label-selector';
import { QUALIFIED_NAME_MESSAGE } from './names';
import { resourceOf } from './registry';

const compiled = (text: string) => {
  const parsed = parseLabelSelector(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return compileRequirements(parsed.requirements);
};

// kubernetes apimachinery/pkg/labels/selector_test.go
describe('label selectors', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a!=b', {}, true],
    ['a in (b, c)', { a: 'c' }, true],
    ['a notin (b,c)', {}, true],
    ['a notin (b,c)', { a: 'b' }, false],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a>3', { a: '4' }, true],
    ['a<3', { a: '4' }, false],
    ['a=', { a: '' }, true],
    ['a in (,x)', { a: '' }, true],
    ['', { z: '1' }, true],
    ['x = y , z == w', { x: 'y', z: 'w' }, true],
    ['constructor=b', {}, false],
  ])('%s on %o is %s', (text, labels, expected) =>
    expect(compiled(text)(labels as Record<string, string>)).toBe(expected),
  );

  it.each([
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a,', "found '', expected: identifier after ','"],
    [',a', "found ',', expected: !, identifier, or 'end of string'"],
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['a in b', "unable to parse requirement: found 'b' expected: '('"],
    ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
    [
      'a>x',
      `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`,
    ],
    ['-a=b', `unable to parse requirement: key: Invalid value: "-a": name part ${QUALIFIED_NAME_MESSAGE}`],
  ])('refuses %s', (text, error) => expect(parseLabelSelector(text)).toEqual({ ok: false, error }));

  it('writes its canonical text sorted by key', () => {
    const parsed = parseLabelSelector('!f, c in (e, d), a=b');
    expect(parsed.ok && formatRequirements(parsed.requirements)).toBe('a=b,c in (d,e),!f');
  });

  it('matches nothing without a selector and everything with an empty one', () => {
    expect(matchesSelector(undefined, { a: 'b' })).toBe(false);
    expect(matchesSelector({}, { a: 'b' })).toBe(true);
    expect(formatLabelSelector({})).toBe('<none>');
  });

  it('compiles a selector object once', () => {
    const selector = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' as const }] };
    expect(labelPredicate(selector)).toBe(labelPredicate(selector));
    expect(matchesSelector(selector, { app: 'web', tier: 'x' })).toBe(true);
    expect(formatLabelSelector(selector)).toBe('app=web,tier');
  });
});

// kubernetes apimachinery/pkg/fields/selector_test.go
describe('field selectors', () => {
  it('reads terms and unescapes values', () => {
    expect(parseFieldSelector('a=b,c!=d,e==f\\,g')).toEqual({
      ok: true,
      terms: [
        { field: 'a', operator: '=', value: 'b' },
        { field: 'c', operator: '!=', value: 'd' },
        { field: 'e', operator: '=', value: 'f,g' },
      ],
    });
  });

  it.each([
    ['x', "invalid selector: 'x'; can't understand 'x'"],
    ['x=\\y', 'invalid field selector: invalid escape sequence: \\y'],
  ])('refuses %s', (text, error) => expect(parseFieldSelector(text)).toEqual({ ok: false, error }));

  it('tells which fields a kind does not know', () => {
    const terms = [{ field: 'spec.foo', operator: '=', value: '1' } as const];
    expect(fieldSelectorError(resourceOf('Pod'), terms)).toBe('field label not supported: spec.foo');
    expect(fieldSelectorError(resourceOf('ConfigMap'), terms)).toBe(
      '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
    expect(fieldSelectorError(resourceOf('Pod'), [{ field: 'spec.host', operator: '=', value: '' }])).toBeUndefined();
  });
});
