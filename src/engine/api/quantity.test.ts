import { describe, expect, it } from 'vitest';
import {
  canonicalQuantity,
  compareQuantities,
  formatBytes,
  formatMilliCpu,
  milliValue,
  quantityError,
  quantityValue,
  QUANTITY_FORMAT_ERROR,
  QUANTITY_SUFFIX_ERROR,
  roundedToMilli,
  sumOfQuantities,
} from './quantity';

// kubernetes apimachinery/pkg/api/resource/quantity_test.go, and vectors run through the 1.35 package.
describe('quantities', () => {
  it.each([
    ['0.5', '500m', 1, 500],
    ['.5', '500m', 1, 500],
    ['1Gi', '1Gi', 1073741824, 1073741824000],
    ['1.5Gi', '1536Mi', 1610612736, 1610612736000],
    ['1e3', '1e3', 1000, 1000000],
    ['1E3', '1e3', 1000, 1000000],
    ['100m', '100m', 1, 100],
    ['1500m', '1500m', 2, 1500],
    ['0.1m', '100u', 1, 1],
    ['-0.1m', '-100u', -1, -1],
    ['-1', '-1', -1, -1000],
    ['1.50', '1500m', 2, 1500],
    ['1024', '1024', 1024, 1024000],
    ['1024Ki', '1Mi', 1048576, 1048576000],
    ['1000k', '1M', 1000000, 1000000000],
    ['0.5M', '500k', 500000, 500000000],
    ['0Gi', '0', 0, 0],
    ['-0', '0', 0, 0],
    ['3.0', '3', 3, 3000],
    ['1e-3', '1e-3', 1, 1],
    ['1E', '1E', 1e18, 1e21],
    ['0.5Gi', '512Mi', 536870912, 536870912000],
    ['1.7Gi', '1825361100800m', 1825361101, 1825361100800],
    ['2048Mi', '2Gi', 2147483648, 2147483648000],
    ['1025Mi', '1025Mi', 1074790400, 1074790400000],
    ['0.1Ki', '102400m', 103, 102400],
    ['1.0001', '1000100u', 2, 1001],
    ['999n', '999n', 1, 1],
    ['1000000u', '1', 1, 1000],
    ['12e6', '12e6', 12000000, 12000000000],
    ['1.5e3', '1500', 1500, 1500000],
    ['128974848', '128974848', 128974848, 128974848000],
    ['123Mi', '123Mi', 128974848, 128974848000],
    ['1e-10', '1e-9', 1, 1],
    ['8Ei', '9223372036854775807', 2 ** 63, Number('9223372036854775807000')],
    ['Gi', '0', 0, 0],
    ['0', '0', 0, 0],
    ['1.5', '1500m', 2, 1500],
    ['0.0001', '100u', 1, 1],
    ['0.001', '1m', 1, 1],
    ['0.30', '300m', 1, 300],
    ['250000u', '250m', 1, 250],
    ['-500m', '-500m', -1, -500],
    ['1n', '1n', 1, 1],
    ['1u', '1u', 1, 1],
    ['129e6', '129e6', 129000000, 129000000000],
    ['129M', '129M', 129000000, 129000000000],
    ['1000Gi', '1000Gi', 1073741824000, 1073741824000000],
    ['9223372036854775807', '9223372036854775807', 2 ** 63, Number('9223372036854775807000')],
    ['5.', '5', 5, 5000],
    ['+5', '5', 5, 5000],
    [2, '2', 2, 2000],
    [0.5, '500m', 1, 500],
  ])('reads %s as %s', (input, canonical, value, milli) => {
    expect(canonicalQuantity(input)).toBe(canonical);
    expect(quantityValue(input)).toBe(value);
    expect(milliValue(input)).toBe(milli);
  });

  it.each([
    ['1e', QUANTITY_SUFFIX_ERROR],
    ['1K', QUANTITY_SUFFIX_ERROR],
    ['', QUANTITY_FORMAT_ERROR],
    ['1ki', QUANTITY_SUFFIX_ERROR],
    ['1 Gi', QUANTITY_FORMAT_ERROR],
    ['1.2.3', QUANTITY_FORMAT_ERROR],
    ['0x10', QUANTITY_FORMAT_ERROR],
    ['1_000', QUANTITY_FORMAT_ERROR],
    ['1e3Mi', QUANTITY_FORMAT_ERROR],
    ['abc', QUANTITY_FORMAT_ERROR],
    ['9'.repeat(500), QUANTITY_FORMAT_ERROR],
  ])('refuses %j', (input, error) => expect(quantityError(input)).toBe(error));

  // TestQuantityAdd, TestQuantitySub
  it.each<[string, string, 1 | -1, string]>([
    ['1Gi', '500M', 1, '1573741824'],
    ['500M', '1Gi', 1, '1573741824'],
    ['100m', '1', 1, '1100m'],
    ['1Gi', '0.5', 1, '1073741824500m'],
    ['0', '1Gi', 1, '1Gi'],
    ['2Gi', '1536Mi', -1, '512Mi'],
  ])('of %s and %s by %i make %s', (a, b, sign, sum) => expect(sumOfQuantities(a, b, sign)).toBe(sum));

  it('compares, rounds and formats', () => {
    expect(compareQuantities('1', '1000m')).toBe(0);
    expect(compareQuantities('1Gi', '1G')).toBe(1);
    expect(roundedToMilli('0.1m')).toBe('1m');
    expect(roundedToMilli('1Gi')).toBe('1Gi');
    expect(formatMilliCpu(1500)).toBe('1500m');
    expect(formatMilliCpu(2000)).toBe('2');
    expect(formatBytes(536870912)).toBe('512Mi');
    expect(formatBytes(1000)).toBe('1k');
  });
});
