import { describe, expect, it } from 'vitest';
import { valueOf } from './json-values';
import { compile, evaluate, kubernetes } from './program';
import { DYN, INT, STRING } from './types';
import type { JsonValue } from '../json';
import type { Value } from './values';

const environment = kubernetes().withVariables({ object: DYN, x: INT, s: STRING });

/** What an expression comes to, or what is wrong with it. */
function outcome(source: string, object: JsonValue = {}): Value | string {
  const compiled = compile(source, environment);
  if (compiled.errors !== undefined) return compiled.errors;
  const { value, error } = evaluate(compiled.program, { object: valueOf(object), x: 3n, s: 'text' });
  return error ?? value!;
}

// cel-spec tests/simple/testdata (basic, logic, comparisons, conversions, integer_math, fp_math, string, lists, macros, timestamps)
describe('the language', () => {
  it.each([
    '1 + 2 * 3 == 7',
    '(1 + 2) * 3 == 9',
    '7 / 2 == 3 && -7 / 2 == -3 && 7 % 3 == 1 && -7 % 3 == -1',
    '42u + 1u == 43u',
    '0x1F == 31',
    '1e3 == 1000.0',
    '.5 == 0.5',
    '-9223372036854775808 < 0',
    '[1, 2] + [3] == [1, 2, 3]',
    '{"a": 1, "b": 2}.size() == 2',
    '{"a": 1}.a == 1 && {"a": 1}["a"] == 1',
    '[10, 20][1] == 20',
    '2 in [1, 2, 3] && !(4 in [1, 2, 3])',
    '"a" in {"a": 1}',
    'true ? true : 1 / 0 > 0',
    'false && 1 / 0 > 0 == false || true',
    '1 / 0 > 0 || true',
    '!(1 / 0 > 0 && false)',
    '1 < 1.5 && 1u < 2 && 2.5 > 2u',
    'dyn(1) == 1.0 && dyn(1u) == 1',
    'dyn("a") != 1',
    '"héllo".size() == 5 && size("😀") == 1',
    'b"abc".size() == 3 && bytes("é") == b"é"',
    "r'\\d' == '\\\\d'",
    '"""a\nb""" == "a\\nb"',
    '"\\u00e9\\x41\\101" == "éAA"',
    'type(1) == int && type("a") == string && type([1]) == list && type(type(1)) == type',
    'int("42") == 42 && int(3.9) == 3 && int(-3.9) == -3 && double("1.5") == 1.5',
    'string(1.5) == "1.5" && string(1e100) == "1e+100" && string(true) == "true" && string(b"ab") == "ab"',
    'uint(3) == 3u && bool("true")',
    '[1, 2, 3].all(e, e > 0) && [1, 2, 3].exists(e, e > 2) && [1, 2, 2].exists_one(e, e == 1)',
    '[1, 2, 3].map(e, e * 2) == [2, 4, 6]',
    '[1, 2, 3].map(e, e > 1, e * 2) == [4, 6]',
    '[1, 2, 3].filter(e, e > 1) == [2, 3]',
    '{"a": 1, "b": 2}.all(k, k in ["a", "b"])',
    '[[1], [2, 3]].map(l, l.map(e, e + 1)) == [[2], [3, 4]]',
    // An error of one element is made up for by another.
    '[0, 1].exists(e, 1 / e > 0)',
    '![0, 2].all(e, 2 / e > 1)',
    'timestamp("2023-01-02T03:04:05Z").getFullYear() == 2023',
    'timestamp("2023-01-02T03:04:05.678Z").getMilliseconds() == 678',
    'timestamp("2023-03-01T00:00:00Z").getDayOfYear() == 59',
    'timestamp("2023-01-01T00:00:00Z").getDayOfWeek() == 0',
    'timestamp("2023-01-01T23:30:00Z").getHours("+02:00") == 1',
    'timestamp("2026-07-01T12:00:00Z").getHours("Europe/Berlin") == 14',
    'timestamp("2026-12-31T23:30:00Z").getFullYear("Asia/Tokyo") == 2027',
    'timestamp("2023-01-02T00:00:00Z") - timestamp("2023-01-01T00:00:00Z") == duration("24h")',
    'timestamp("2023-01-01T00:00:00Z") + duration("1h") == timestamp("2023-01-01T01:00:00Z")',
    'duration("1h30m").getMinutes() == 90 && string(duration("90m")) == "5400s"',
    'string(timestamp("2023-01-01T00:00:00.5Z")) == "2023-01-01T00:00:00.5Z"',
    'int(timestamp("1970-01-01T00:01:00Z")) == 60',
    '"abc".matches("^a.c$") && matches("abc", "b")',
    '"hello".startsWith("he") && "hello".endsWith("lo") && "hello".contains("ell")',
  ])('%s', (source) => expect(outcome(source)).toBe(true));

  it.each([
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'modulus by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['0u - 1u', 'unsigned integer overflow'],
    ['[1][3]', 'index out of bounds: 3'],
    ['{"a": 1}["b"]', 'no such key: b'],
    ['object.missing', 'no such key: missing'],
    ['object.a.b', 'no such overload', { a: 'text' }],
    ['object.a + 1', 'no such overload', { a: 'text' }],
    ['object.a.startsWith("x")', 'no such overload', { a: 1 }],
    ['int("x")', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['{"a": 1, "a": 2}', 'Failed with repeated key: a'],
    ['[1, 2].map(e, e / 0)', 'division by zero'],
  ])('%s: %s', (source, error, object: JsonValue = {}) => expect(outcome(source, object)).toBe(error));
});

// kubernetes apiserver/pkg/apis/apiextensions/validation, cel-go checker/checker_test.go, parser/parser_test.go
describe('errors of compilation', () => {
  it.each([
    ['y', "ERROR: <input>:1:1: undeclared reference to 'y' (in container '')\n | y\n | ^"],
    [
      'x + "a"',
      "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | x + \"a\"\n | ..^",
    ],
    [
      'x == "a"',
      "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, string)'\n | x == \"a\"\n | ..^",
    ],
    ['foo(1)', "ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')\n | foo(1)\n | ...^"],
    ['s.foo()', "ERROR: <input>:1:6: undeclared reference to 'foo' (in container '')\n | s.foo()\n | .....^"],
    ['x.foo', "ERROR: <input>:1:2: type 'int' does not support field selection\n | x.foo\n | .^"],
    [
      's.contains(1)',
      "ERROR: <input>:1:11: found no matching overload for 'contains' applied to 'string.(int)'\n | s.contains(1)\n | ..........^",
    ],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    [
      'x.all(e, true)',
      "ERROR: <input>:1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | x.all(e, true)\n | ^",
    ],
    ['1.all(2, 3)', 'ERROR: <input>:1:7: argument must be a simple name\n | 1.all(2, 3)\n | ......^'],
    [
      's == null',
      "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(string, null)'\n | s == null\n | ..^",
    ],
    [
      'x ==',
      "ERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | x ==\n | ....^",
    ],
    ['1 + 2\n3 +', "ERROR: <input>:2:1: Syntax error: mismatched input '3' expecting <EOF>\n | 3 +\n | ^"],
    [
      'a | b',
      "ERROR: <input>:1:3: Syntax error: token recognition error at: '| '\n | a | b\n | ..^\nERROR: <input>:1:5: Syntax error: extraneous input 'b' expecting <EOF>\n | a | b\n | ....^",
    ],
    ['(x', "ERROR: <input>:1:3: Syntax error: missing ')' at '<EOF>'\n | (x\n | ..^"],
    ['has(x)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(x)\n | ....^'],
    ['for', 'ERROR: <input>:1:1: reserved identifier: for\n | for\n | ^'],
    ['s.matches("(")', 'ERROR: <input>:1:11: invalid matches argument\n | s.matches("(")\n | ..........^'],
    [
      'duration("1x") > duration("1s")',
      'ERROR: <input>:1:10: invalid duration argument\n | duration("1x") > duration("1s")\n | .........^',
    ],
    [
      'y && z',
      "ERROR: <input>:1:1: undeclared reference to 'y' (in container '')\n | y && z\n | ^\nERROR: <input>:1:6: undeclared reference to 'z' (in container '')\n | y && z\n | .....^",
    ],
  ])('%s', (source, error) => expect(outcome(source)).toBe(error));
});

// kubernetes apiserver/pkg/cel/library/{lists,regex,urls,quantity,ip,cidr,format,semver}_test.go, cel-go ext/{strings,sets}_test.go
describe('libraries', () => {
  it.each([
    '[1, 2, 3].isSorted() && !["b", "a"].isSorted() && [].isSorted()',
    '[1, 2, 3].sum() == 6 && [1.5, 2.5].sum() == 4.0 && [duration("1m"), duration("1s")].sum() == duration("61s")',
    '["b", "a"].min() == "a" && [1, 3, 2].max() == 3',
    '[1, 2, 2].indexOf(2) == 1 && [1, 2, 2].lastIndexOf(2) == 2 && [1].indexOf(3) == -1',
    '"this is a 123 test 456".find("[0-9]+") == "123"',
    '"abc".find("x") == ""',
    '"this is a 123 test 456".findAll("[0-9]+") == ["123", "456"]',
    '"a1 b2 c3".findAll("[a-z][0-9]", 2) == ["a1", "b2"]',
    '"aaa".find("a+?") == "a" && "xay".find("(?i)A") == "a"',
    'isURL("https://example.com/x") && !isURL("../relative") && !isURL("https://a:b:c/")',
    'url("https://example.com:80/path?k=a&k=b&l=c").getHost() == "example.com:80"',
    'url("https://[::1]:80/").getHostname() == "::1" && url("https://example.com:80/").getPort() == "80"',
    'url("https://example.com/path with spaces/").getEscapedPath() == "/path%20with%20spaces/"',
    'url("https://example.com/path?k=a&k=b&l=c%20d").getQuery() == {"k": ["a", "b"], "l": ["c d"]}',
    'url("HTTPS://x").getScheme() == "https"',
    'quantity("50Mi").isGreaterThan(quantity("50M")) && quantity("200M").compareTo(quantity("0.2G")) == 0',
    'quantity("1").add(quantity("500m")) == quantity("1500m") && quantity("50k").sub(1) == quantity("49999")',
    'quantity("50k").asInteger() == 50000 && !quantity("50m").isInteger() && quantity("1500m").asApproximateFloat() == 1.5',
    'isQuantity("20Mi") && !isQuantity("20Pb") && sign(quantity("-1")) == -1',
    'isIP("192.168.0.1") && !isIP("192.168.0.1.0") && isIP("2001:db8::68")',
    'ip("2001:db8::68").family() == 6 && ip("127.0.0.1").isLoopback() && ip("::").isUnspecified()',
    'ip("224.0.0.1").isLinkLocalMulticast() && ip("fe80::1").isLinkLocalUnicast() && ip("192.168.0.1").isGlobalUnicast()',
    'ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")',
    'string(ip("2001:DB8:0:0:1::1")) == "2001:db8::1:0:0:1"',
    'cidr("192.168.0.0/24").containsIP("192.168.0.1") && !cidr("192.168.0.0/24").containsIP(ip("192.168.1.1"))',
    'cidr("192.168.0.0/24").containsCIDR(cidr("192.168.0.0/25")) && !cidr("192.168.0.0/24").containsCIDR("192.168.0.0/23")',
    'cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24") && cidr("::1/128").prefixLength() == 128',
    'isCIDR("2001:db8::/32") && !isCIDR("192.168.0.0/33") && string(cidr("10.0.0.0/8").ip()) == "10.0.0.0"',
    '!format.dns1123Label().validate("my-name").hasValue() && format.dns1123Label().validate("My").hasValue()',
    '!format.named("nothing").hasValue() && format.named("uuid").hasValue()',
    'format.uuid().validate("x").value() == ["does not match the UUID format"]',
    '!format.date().validate("2021-01-01").hasValue() && format.date().validate("2021-13-01").hasValue()',
    'isSemver("1.2.3-alpha.1+build") && !isSemver("v1.0") && isSemver("v1.0", true)',
    'semver("1.2.3").major() == 1 && semver("1.0.0-alpha").isLessThan(semver("1.0.0"))',
    'semver("1.0.0-alpha.2").compareTo(semver("1.0.0-alpha.10")) == -1 && semver("v01.01", true) == semver("1.1.0")',
    'sets.contains([1, 2, 3], [2, 3]) && sets.equivalent([1, 1, 2], [2, 1]) && !sets.intersects([1], [2])',
    '"tacocat".charAt(3) == "o" && "hello mellow".indexOf("ello", 2) == 7 && "hello mellow".lastIndexOf("ello") == 7',
    '["a", "b"].join() == "ab" && ["a", "b"].join("-") == "a-b"',
    '"TacoCät".lowerAscii() == "tacocät" && "tacoCät".upperAscii() == "TACOCäT"',
    '"hello hello".replace("he", "we") == "wello wello" && "hello hello".replace("he", "we", 1) == "wello hello"',
    '"ab".replace("", "_") == "_a_b_"',
    '"a b c".split(" ") == ["a", "b", "c"] && "a b c".split(" ", 2) == ["a", "b c"] && "ab".split("") == ["a", "b"]',
    '"tacocat".substring(4) == "cat" && "tacocat".substring(0, 4) == "taco" && "  a ".trim() == "a"',
    '"%d %s %.2f %x %e".format([dyn(12), "a", 1.0 / 3.0, 255, 1500.0]) == "12 a 0.33 ff 1.500000e+03"',
    '"%s %s".format([dyn([dyn(1), "a"]), {"k": 1.5}]) == "[1, a] {k: 1.5}"',
    'strings.quote("a\\"b\\n") == "\\"a\\\\\\"b\\\\n\\""',
    'optional.of(1).hasValue() && optional.none().orValue(3) == 3 && optional.of(1).or(optional.of(2)).value() == 1',
    'object.?a.?b.orValue("none") == "none"',
    '{"a": 1}[?"b"].orValue(5) == 5 && [1][?0].value() == 1',
    'optional.of(2).optMap(v, v * 2).value() == 4 && !optional.none().optMap(v, v).hasValue()',
    '[?optional.none(), ?optional.of(1)] == [1] && {?"a": optional.none()} == {}',
    'optional.ofNonZeroValue("").orValue("empty") == "empty"',
    '[1, 2, 3].all(i, v, i < v) && {"a": "b"}.exists(k, v, k == "a" && v == "b")',
    '["a", "b"].transformList(i, v, string(i) + v) == ["0a", "1b"] && {"k": 1}.transformMap(k, v, v + 1) == {"k": 2}',
    '["a", "b"].transformMapEntry(i, v, i > 0, {v: i}) == {"b": 1}',
  ])('%s', (source) => expect(outcome(source)).toBe(true));

  it.each([
    ['ip("x")', 'IP Address "x" parse error during conversion from string: ParseAddr("x"): unable to parse IP'],
    ['[].min() == 1', 'min called on empty list'],
    [
      'quantity("x") == quantity("1")',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    ['optional.none().value()', 'optional.none() dereference'],
    ['"a".charAt(5)', 'index out of range: 5'],
    ['semver("1.0")', 'No Major.Minor.Patch elements found'],
    ['"%d".format(["a"])', 'decimal clause can only be used on integers, was given string'],
    ['"x".find(s + "(")', 'Illegal regex: error parsing regexp: missing closing ): `text(`'],
  ])('%s: %s', (source, error) => expect(outcome(source)).toBe(error));

  it('takes no longer for a pattern that would send others astray', () => {
    const compiled = compile('object.matches("^(a+)+$")', environment);
    if (compiled.errors !== undefined) throw new Error(compiled.errors);
    expect(evaluate(compiled.program, { object: `${'a'.repeat(2000)}b` })).toMatchObject({ value: false });
  });
});

// kubernetes apiserver/pkg/cel/library/cost_test.go, cel-go interpreter/runtimecost_test.go. Lists of constants cost nothing
// where constants are folded, as the API server does.
describe('costs', () => {
  const cost = (source: string, object: JsonValue = {}): number => {
    const compiled = compile(source, environment);
    if (compiled.errors !== undefined) throw new Error(compiled.errors);
    return evaluate(compiled.program, { object: valueOf(object), x: 3n, s: 'text' }).cost;
  };
  it.each([
    ['1', 0],
    ['x', 1],
    ['object.a', 2],
    ['object.a.b', 3],
    ['object.a[0]', 3],
    ['has(object.a)', 0],
    ['x + 1', 2],
    ['s == "text"', 2],
    ['x > 1 && x < 5', 4],
    ['[x]', 11],
    ['{"a": x}', 31],
    ['[x, x].all(e, true)', 12 + 2 * 3 + 1],
    ['[1, 2, 3, 4, 5].sum()', 5],
    ["'01234567890123456789012345678901234567890123456789'.indexOf('123')", 5],
    ["ip('192.168.0.1').family()", 3],
    ["ip('2001:db8:3333:4444:5555:6666:7777:8888')", 4],
    ["ip.isCanonical('192.168.0.1')", 3],
    ["cidr('192.168.0.0/16').containsIP(ip('192.169.0.1'))", 5],
    ["cidr('192.168.0.0/16').containsCIDR('192.168.0.0/16')", 7],
    ["url('https:://kubernetes.io/').getHost()", 4],
    ['s.matches("[a-z]+")', 1 + 1 * 2],
  ])('%s: %d', (source, expected) => expect(cost(source, { a: { b: 1, 0: 1 } })).toBe(expected));

  it('ends what is too expensive', () => {
    const compiled = compile('object.all(a, object.all(b, object.all(c, a + b + c > 0)))', environment);
    if (compiled.errors !== undefined) throw new Error(compiled.errors);
    const object = valueOf(Array.from({ length: 100 }, (_, at) => at + 1));
    expect(evaluate(compiled.program, { object }).error).toBe('operation cancelled: actual cost limit exceeded');
  });
});
