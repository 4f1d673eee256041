/**
 * What a plain YAML scalar means to Kubernetes: mostly YAML 1.1, without base 60 and dates.
 * @source sigs.k8s.io/yaml (goyaml.v2 resolve.go)
 */

const TRUE = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const FALSE = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const NULL = new Set(['', '~', 'null', 'Null', 'NULL']);
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const INFINITY = /^[-+]?\.(inf|Inf|INF)$/;
const NOT_A_NUMBER = new Set(['.nan', '.NaN', '.NAN']);
const MAX_DIGITS = 64;

/** Infinite and undefined numbers, which JSON cannot hold, are told by name. */
export type PlainScalar = string | number | boolean | null | { readonly unsupported: '+Inf' | '-Inf' | 'NaN' };

export function resolvePlainScalar(text: string): PlainScalar {
  if (NULL.has(text)) return null;
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46;
  if (!numeric || text.length > MAX_DIGITS) return text;
  if (INFINITY.test(text)) return { unsupported: text.startsWith('-') ? '-Inf' : '+Inf' };
  if (NOT_A_NUMBER.has(text)) return { unsupported: 'NaN' };
  const plain = text.replaceAll('_', '');
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  if (!FLOAT.test(plain)) return text;
  const value = Number(plain);
  return Number.isFinite(value) ? value : text;
}

const BASES: readonly (readonly [RegExp, number, number])[] = [
  [/^[-+]?0x[0-9a-fA-F]+$/, 16, 2],
  [/^[-+]?0b[01]+$/, 2, 2],
  [/^[-+]?0o[0-7]+$/, 8, 2],
  [/^[-+]?0[0-7]+$/, 8, 1],
];

function parseInteger(text: string): number | undefined {
  const negative = text.startsWith('-');
  const digits = negative || text.startsWith('+') ? text.slice(1) : text;
  for (const [shape, base, prefix] of BASES) {
    if (shape.test(text)) return (negative ? -1 : 1) * Number.parseInt(digits.slice(prefix), base);
  }
  if (!/^[0-9]+$/.test(digits)) return undefined;
  const value = Number(digits);
  return negative ? -value : value;
}
