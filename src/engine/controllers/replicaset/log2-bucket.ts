/**
 * The age bucket by which pods are compared on scale-down: floor(log2(age in nanoseconds)), −1 for what is not past.
 * Found with `Math.clz32` on the two halves of the number, because `Math.log2` may differ between browsers. The product
 * is exact up to 104 days and rounded to 53 bits beyond, the same everywhere.
 *
 * @source kubernetes pkg/controller/controller_utils.go (logarithmicRankDiff)
 */
import type { Micros } from '#engine/kernel/time';

const NANOSECONDS_PER_MICROSECOND = 1_000;
const TWO_TO_32 = 0x1_0000_0000;

export function ageBucket(age: Micros): number {
  if (age <= 0) return -1;
  const nanoseconds = age * NANOSECONDS_PER_MICROSECOND;
  const high = Math.floor(nanoseconds / TWO_TO_32);
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(nanoseconds);
}
