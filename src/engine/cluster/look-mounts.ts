/** Which volumes containers really have mounted, and where, read off the runtimes of the machines. Reads only. */
import type { PersistentVolume } from '#engine/api/types';
import type { Kernel } from '#engine/kernel/kernel';
import { runtimeOf } from './observe/truth';

/** Directories of a machine, as mounts name them, and the volume that each is. */
function directoryOf({ metadata, spec }: PersistentVolume): string {
  const path = spec?.hostPath?.path ?? spec?.local?.path;
  if (path === undefined) return `var/lib/kubelet/volumes/${metadata.name}`;
  return path.replace(/^\//, '').replace(/\/$/, '');
}

/** The machines by the volume's name, in their order. */
export function mountsOf(kernel: Kernel, volumes: Iterable<PersistentVolume>): ReadonlyMap<string, readonly string[]> {
  const all = [...volumes].map((volume) => [directoryOf(volume), volume.metadata.name] as const);
  const found = new Map<string, string[]>();
  if (all.length === 0) return found;
  for (const machine of kernel.machines.values()) {
    const mounted = new Set<string>();
    for (const { status, config } of runtimeOf(machine)?.containers.values() ?? []) {
      if (status.state !== 'running') continue;
      for (const { source } of config.mounts ?? [])
        for (const [directory, name] of all)
          if (source === directory || source.startsWith(`${directory}/`)) mounted.add(name);
    }
    for (const name of mounted) found.set(name, [...(found.get(name) ?? []), machine.name]);
  }
  return found;
}
