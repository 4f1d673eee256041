/** Amounts as Kubernetes writes them: `500m`, `8Gi`. */
import type { milliValue } from '#engine/api/quantity';
import { quantityError } from '#engine/api/quantity';
import { type Reader, typeText } from './reader';
import type { Place } from './yaml-source';

/** @returns the amount; null after noting what is wrong with it */
export function readQuantity(
  reader: Reader,
  at: Place,
  value: unknown,
  read: typeof milliValue,
  least: number,
): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') {
    return reader.problem(at, `must be a quantity such as 4, 500m or 8Gi, is ${typeText(value)}`);
  }
  const error = quantityError(value);
  if (error !== undefined) return reader.problem(at, `"${value}" is no quantity such as 4, 500m or 8Gi: ${error}`);
  const amount = read(value);
  return amount < least || !Number.isSafeInteger(amount) ? reader.problem(at, `${value} is out of bounds`) : amount;
}
