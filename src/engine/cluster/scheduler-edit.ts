/**
 * An administrator at the control plane, who writes what its schedulers are told. A static pod whose manifest changes is
 * made anew by its kubelet; where the manifest names the file already, the process is ended, and its kubelet starts it again.
 * Machines without power, and those that have not joined yet, keep what they have: nobody carries a file over to them.
 */
import { beginSync, finishSync, readRecords, replaceRecords } from '#engine/kernel/disk';
import type { Kernel } from '#engine/kernel/kernel';
import type { SchedulerConfiguration } from '#engine/scheduler/configuration';
import { type Manifest, MANIFESTS, SCHEDULER_CONFIGURATION_FILE } from './kubeadm/manifests';
import { factsOf } from './topology';

const MANIFEST = `${MANIFESTS}kube-scheduler.yaml`;
const FLAG = `--config=/${SCHEDULER_CONFIGURATION_FILE}`;
/** Bytes. */
const FILE_SIZE = 2_000;

export function configureScheduler(kernel: Kernel, configuration: SchedulerConfiguration): void {
  for (const { name, spec, power, disk } of kernel.machines.values()) {
    if (factsOf(spec).role !== 'control-plane' || power !== 'on') continue;
    const manifest = readRecords(disk, MANIFEST)[0] as Manifest | undefined;
    if (manifest === undefined) continue;
    const save = (file: string, content: object): void => {
      replaceRecords(disk, file, [content], FILE_SIZE);
      finishSync(disk, beginSync(disk, file, 0).ticket);
    };
    save(SCHEDULER_CONFIGURATION_FILE, configuration);
    const containers = manifest.spec.containers.map((container) => ({
      ...container,
      command: [...(container.command ?? []), FLAG],
    }));
    if (manifest.spec.containers[0]?.command?.includes(FLAG) === true) endProcess(kernel, `${name}/kube-scheduler`);
    else {
      save(MANIFEST, { ...manifest, spec: { ...manifest.spec, containers } });
      kernel.deliver(`${name}/kubelet`, { type: 'kubelet/static-pods' });
    }
  }
}

function endProcess(kernel: Kernel, id: string): void {
  if (kernel.processes.get(id)?.status === 'running') kernel.kill(id);
}
