import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { formatAge, formatAxisTime, formatBytes, formatCpu, formatVirtualTime } from './virtual-time';

describe('virtual time', () => {
  it.each([
    [0, '00:00:00.0'],
    [99_999, '00:00:00.0'],
    [62.45 * SECOND, '00:01:02.4'],
    [3_599.99 * SECOND, '00:59:59.9'],
    [100 * 3600 * SECOND, '100:00:00.0'],
  ])('%i is %s', (at, text) => {
    expect(formatVirtualTime(at)).toBe(text);
  });

  it('on the axis shows hours only when there are some', () => {
    expect([formatAxisTime(90 * SECOND), formatAxisTime(3_700 * SECOND)]).toEqual(['01:30', '1:01:40']);
  });
});

// kubernetes staging/src/k8s.io/apimachinery/pkg/util/duration/duration.go: HumanDuration
describe('ages', () => {
  it.each([
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [190, '3m10s'],
    [660, '11m'],
    [3 * 3600, '3h'],
    [7 * 3600 + 300, '7h5m'],
    [30 * 3600, '30h'],
    [72 * 3600, '3d'],
  ])('%i s are %s', (count, text) => {
    expect(formatAge(count * SECOND)).toBe(text);
  });
});

describe('amounts', () => {
  it('are in the units of Kubernetes', () => {
    expect([formatCpu(250), formatCpu(4000), formatBytes(8 * 2 ** 30), formatBytes(1.5 * 2 ** 20)]).toEqual([
      '250m',
      '4',
      '8 GiB',
      '1.5 MiB',
    ]);
  });
});
