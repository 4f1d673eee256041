/**
 * Numbers that may be given as a share of a total: `3` or `"25%"`.
 * @source kubernetes apimachinery/pkg/util/intstr/intstr.go
 */
export type IntOrString = number | string;

export type Scaled = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string };

/** The number of a percentage text (`"25%"` is 25), or undefined when it is none. Only digits and a final `%` count. */
export function percentOf(text: IntOrString): number | undefined {
  if (typeof text !== 'string' || text.length < 2 || text.length > 12 || !text.endsWith('%')) return undefined;
  for (let index = 0; index < text.length - 1; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return undefined;
  }
  return Number(text.slice(0, -1));
}

/**
 * A number as it is, a percentage taken of `total` (a whole number) and rounded up or down.
 * The error texts are those of Go's GetScaledValueFromIntOrPercent.
 */
export function scaledValue(value: IntOrString, total: number, round: 'up' | 'down'): Scaled {
  if (typeof value === 'number') return { ok: true, value };
  const percent = percentOf(value);
  if (percent === undefined) return { ok: false, error: scaleError(value) };
  const product = percent * total;
  return { ok: true, value: round === 'up' ? Math.ceil(product / 100) : Math.floor(product / 100) };
}

function scaleError(value: string): string {
  if (!value.endsWith('%')) return 'invalid value for IntOrString: invalid type: string is not a percentage';
  const digits = value.slice(0, -1);
  return `invalid value for IntOrString: invalid value "${value}": strconv.Atoi: parsing "${digits}": invalid syntax`;
}
