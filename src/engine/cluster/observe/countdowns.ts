/** Clocks that run, read off what the API holds and what kubelets wait for: pure, nothing here keeps time. */
import { parseTimestamp } from '#engine/api/timestamp';
import type { Node, Pod } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import type { Micros } from '#engine/kernel/time';
import { SECOND } from '#engine/kernel/time';
import type { KubeletState } from '#engine/node/kubelet/state';
import { parseImageReference } from '#engine/node/images/reference';
import type { ContainerdState } from '#engine/node/runtime/state';
import { pullUnderWay } from '#engine/node/runtime/truth';
import type { CountdownRecord, FaultRecord, Subject } from '../records';
import type { Belief } from './belief';

/** Clocks that no cluster has in its first seconds; `late-clocks.ts` fills it. Without it they are not told of. */
export const lateClocks: {
  code: ((kernel: Kernel, belief: Belief, faults: readonly FaultRecord[]) => Iterable<CountdownRecord | null>) | null;
} = { code: null };

/** @source kubernetes pkg/controller/nodelifecycle/config/v1alpha1/defaults.go (NodeMonitorGracePeriod) */
const GRACE_PERIOD: Micros = 50 * SECOND;
/** A heartbeat is late when the next one is overdue by half its interval. */
const LATE: Micros = 15 * SECOND;

const podSubject = ({ metadata }: Pod): Subject => ({
  kind: 'Pod',
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

/** A node that stays silent: how long until the node lifecycle controller gives it up. */
export function gracePeriodOf(node: Node, lastHeartbeat: Micros | null, now: Micros): CountdownRecord | null {
  if (lastHeartbeat === null || now - lastHeartbeat < LATE) return null;
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready')?.status;
  if (ready !== 'True') return null;
  const { name } = node.metadata;
  return {
    id: `grace-period/${name}`,
    subject: { kind: 'Node', namespace: '', name },
    what: 'grace-period',
    startedAt: lastHeartbeat,
    endsAt: lastHeartbeat + GRACE_PERIOD,
    text: `no heartbeat from ${name}: NotReady when it has been silent for ${GRACE_PERIOD / SECOND} s`,
  };
}

/** A pod on a tainted node: how long it may stay. */
export function tolerationOf(pod: Pod, node: Node | undefined): CountdownRecord | null {
  if (pod.metadata.deletionTimestamp !== undefined || node === undefined) return null;
  let endsAt = Infinity;
  let startedAt = 0;
  for (const taint of node.spec.taints ?? []) {
    if (taint.effect !== 'NoExecute' || taint.timeAdded === undefined) continue;
    const since = parseTimestamp(taint.timeAdded);
    for (const toleration of pod.spec.tolerations ?? []) {
      if (toleration.tolerationSeconds === undefined) continue;
      if (toleration.key !== taint.key || (toleration.effect ?? 'NoExecute') !== 'NoExecute') continue;
      const end = since + toleration.tolerationSeconds * SECOND;
      if (end < endsAt) [startedAt, endsAt] = [since, end];
    }
  }
  if (endsAt === Infinity) return null;
  return {
    id: `toleration/${pod.metadata.uid}`,
    subject: podSubject(pod),
    what: 'toleration',
    startedAt,
    endsAt,
    text: `${pod.metadata.name} tolerates the taints of ${node.metadata.name} for ${(endsAt - startedAt) / SECOND} s`,
  };
}

/** A pod that is going away: how long it may take. */
export function terminationOf(pod: Pod): CountdownRecord | null {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, uid, name } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === 0) return null;
  const endsAt = parseTimestamp(deletionTimestamp);
  return {
    id: `termination/${uid}`,
    subject: podSubject(pod),
    what: 'termination',
    startedAt: endsAt - deletionGracePeriodSeconds * SECOND,
    endsAt,
    text: `${name} has ${deletionGracePeriodSeconds} s to end`,
  };
}

/** The image that a kubelet has asked its runtime for: how far its bytes have come. */
export function pullOf({ pulling, workers }: KubeletState, runtime: ContainerdState | null): CountdownRecord | null {
  const pod = pulling === null ? undefined : workers.get(pulling.uid)?.pod;
  const name = pulling === null ? undefined : parseImageReference(pulling.image)?.canonical;
  const pull = name === undefined || runtime === null ? null : pullUnderWay(runtime, name);
  if (pulling === null || pod === undefined || pull === null) return null;
  return {
    id: `pull/${pulling.uid}`,
    subject: podSubject(pod),
    what: 'image-pull',
    ...pull,
    text: `pulling ${pulling.image}`,
  };
}
