/**
 * The natural logarithm by arithmetic alone: `Math.log` may differ in its last bit from one browser to the next, and a run
 * must not. Right to about one unit in the last place.
 *
 * @param x - greater than 0
 */
export function naturalLogarithm(x: number): number {
  let exponent = 0;
  let mantissa = x;
  for (; mantissa > Math.SQRT2; mantissa /= 2) exponent += 1;
  for (; mantissa < Math.SQRT1_2; mantissa *= 2) exponent -= 1;
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  // 2 · artanh(ratio) as a series, smallest terms first; |ratio| < 0.172, so that 0.172^25 is below the last bit.
  for (let power = 25; power >= 1; power -= 2) sum = sum * square + 1 / power;
  return exponent * Math.LN2 + 2 * ratio * sum;
}
