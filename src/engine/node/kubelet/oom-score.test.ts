import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { oomScoreAdj } from './oom-score';

type Spec = Pod['spec'];
type Resources = NonNullable<Spec['containers'][number]['resources']>;

const of = (resources: Resources, rest: Partial<Spec> = {}): Pod =>
  ({
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', resources }], ...rest },
    status: {},
  }) as unknown as Pod;
const STANDARD = 8_000_000_000;

describe('the adjustment of the score of a container', () => {
  // vector K8 and the others of pkg/kubelet/qos/policy_test.go TestGetContainerOOMScoreAdjust
  it.each<[what: string, pod: Pod, capacity: number, adjustment: number]>([
    ['a CPU limit alone', of({ limits: { cpu: '10' } }), 4_000_000_000, 999],
    ['a memory limit alone', of({ requests: { cpu: '0' }, limits: { memory: '10G' } }), STANDARD, 999],
    ['a limit of nothing', of({ limits: { memory: '0' } }), 7_230_457_451, 1_000],
    ['nothing', of({}), 4_000_000_000, 1_000],
    [
      'Guaranteed',
      of({ requests: { memory: '10G', cpu: '5m' }, limits: { memory: '10G', cpu: '5m' } }),
      123_456_789,
      -997,
    ],
    [
      'half of the memory',
      of({ requests: { memory: '4000000000', cpu: '5m' }, limits: { memory: '10G' } }),
      STANDARD,
      500,
    ],
    ['all but one byte', of({ requests: { memory: '7999999999', cpu: '5m' } }), STANDARD, 3],
    [
      'critical for its node',
      of({}, { priority: 2_000_001_000, priorityClassName: 'system-node-critical' }),
      4_000_000_000,
      -997,
    ],
    ['a share of what the pod asks for', of({}, { resources: { requests: { memory: '4G' } } }), STANDARD, 500],
  ])('%s', (_what, pod, capacity, adjustment) => {
    expect(oomScoreAdj(pod, pod.spec.containers[0]!, capacity)).toBe(adjustment);
  });

  it('a sidecar goes no sooner than the container beside it that asks for least', () => {
    const sidecar = { name: 's', restartPolicy: 'Always' as const };
    const pod = of({ requests: { memory: '4G' } }, { initContainers: [sidecar] });
    expect(oomScoreAdj(pod, sidecar, STANDARD)).toBe(500);
    expect(oomScoreAdj(pod, pod.spec.containers[0]!, STANDARD)).toBe(500);
  });
});
