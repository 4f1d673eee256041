/** Finds the container that a fault names where it really runs, and does to it what the fault does. */
import type { Kernel } from '#engine/kernel/kernel';
import type { ProcessId } from '#engine/kernel/process';
import type { FreezeContainerFault, KillContainerFault } from '#engine/node/runtime/messages';
import type { ContainerRecord } from '#engine/node/runtime/state';
import { containerd } from '#engine/node/runtime/containerd';
import { stateOf } from './observe/truth';
import type { ContainerTarget } from './records';

interface Found {
  readonly runtime: ProcessId;
  readonly container: ContainerRecord;
}

/** A container that runs; null: there is none. Of a pod that runs twice, since nobody could tell one machine, the first. */
export function containerAt(kernel: Kernel, { namespace = 'default', pod, container }: ContainerTarget): Found | null {
  for (const process of kernel.processes.values()) {
    const runtime = stateOf(process, containerd);
    for (const { status, containers } of runtime?.sandboxes.values() ?? []) {
      if (status.pod.name !== pod || status.pod.namespace !== namespace) continue;
      for (const id of containers) {
        const record = runtime?.containers.get(id);
        if (record?.status.state !== 'running' || record.status.name !== (container ?? record.status.name)) continue;
        return { runtime: process.id, container: record };
      }
    }
  }
  return null;
}

export function killContainer(kernel: Kernel, target: ContainerTarget): void {
  const found = containerAt(kernel, target);
  if (found === null) return;
  const fault: KillContainerFault = { type: 'fault/kill-container', containerId: found.container.status.id };
  kernel.deliver(found.runtime, fault);
}

/** A container that is a component of the simulation stands still with its process. */
export function freezeContainer(kernel: Kernel, target: ContainerTarget, frozen: boolean): void {
  const found = containerAt(kernel, target);
  if (found === null) return;
  const { process, status } = found.container;
  if (process !== null) return frozen ? kernel.pause(process) : kernel.resume(process);
  const fault: FreezeContainerFault = { type: 'fault/freeze-container', containerId: status.id, frozen };
  kernel.deliver(found.runtime, fault);
}
