/** Belief against truth: whether a pod that the API speaks of really exists where it should. Pure. */
import type { PodRecord, SandboxRecord } from '#engine/cluster/records';
import type { Mirror } from './mirror';

/** Whether the API says that a pod's containers exist. */
export const claimsToExist = (pod: PodRecord): boolean => pod.status === 'Running' || pod.status === 'Terminating';

/** False when the API says that a pod exists and its machine has no such sandbox, or fewer containers at work than are said to be ready. */
export const isAsSaid = (pod: PodRecord, sandbox: SandboxRecord | undefined): boolean =>
  !claimsToExist(pod) ||
  (sandbox !== undefined &&
    (pod.status !== 'Running' || sandbox.running - (sandbox.paused ?? 0) >= pod.readyContainers));

/** The same, by the machine that it is bound to. */
export function isReal(mirror: Mirror, pod: PodRecord): boolean {
  if (pod.node === null || !claimsToExist(pod)) return true;
  const sandboxes = mirror.machines.get(pod.node)?.sandboxes ?? [];
  return isAsSaid(
    pod,
    sandboxes.find(({ podUid }) => podUid === pod.uid),
  );
}

/** Whether a request to a pod would be answered: it really runs, on a machine whose cable carries traffic both ways. */
export function canAnswer(mirror: Mirror, pod: PodRecord): boolean {
  const machine = pod.node === null ? undefined : mirror.machines.get(pod.node);
  return machine !== undefined && machine.cable.in && machine.cable.out && isReal(mirror, pod);
}
