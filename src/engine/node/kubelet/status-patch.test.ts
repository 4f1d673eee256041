import '#engine/api/late-api';
import { describe, expect, it } from 'vitest';
import { applyStrategicMerge } from '#engine/api/patch/strategic-merge';
import { patchSchemaOf } from '#engine/api/patch/strategies';
import type { Pod } from '#engine/api/types';
import { statusPatch } from './status-patch';

type Status = Pod['status'];
const NOT_READY = { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'containers with unready…' };
const SCHEDULED = { type: 'PodScheduled', status: 'True' };

// kubernetes apimachinery strategicpatch CreateTwoWayMergePatch, as pkg/util/pod/pod.go uses it
describe('the patch of a pod status', () => {
  it('is nothing when nothing differs', () => {
    expect(
      statusPatch({ phase: 'Running', conditions: [SCHEDULED] }, { phase: 'Running', conditions: [SCHEDULED] }),
    ).toBe(null);
  });

  it('names of a condition what differs, and takes away what it has no more', () => {
    const before = { conditions: [NOT_READY, SCHEDULED] } as Status;
    const after = { conditions: [{ type: 'Ready', status: 'True' }, SCHEDULED] } as Status;
    expect(statusPatch(before, after)).toEqual({
      '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'PodScheduled' }],
      conditions: [{ type: 'Ready', status: 'True', reason: null, message: null }],
    });
  });

  it.each<[string, Status, Status]>([
    [
      'conditions change',
      { conditions: [NOT_READY, SCHEDULED] },
      { conditions: [{ type: 'Ready', status: 'True' }, SCHEDULED] },
    ],
    ['conditions come', { conditions: [SCHEDULED] }, { conditions: [NOT_READY, SCHEDULED] }],
    ['conditions go', { conditions: [NOT_READY, SCHEDULED] }, { conditions: [SCHEDULED] }],
    ['an address comes', { phase: 'Pending' }, { phase: 'Running', podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] }],
    [
      'an address changes',
      { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] },
      { podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }] },
    ],
    ['an address goes', { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }] }, { podIPs: [] }],
  ])('leads from one to the other when %s', (_, before, after) => {
    const patch = statusPatch(before, after);
    expect(applyStrategicMerge(before as never, patch as never, patchSchemaOf('PodStatus'))).toEqual(after);
  });
});
