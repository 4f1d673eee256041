/** What really runs on a machine, for observers. Reads only. */
import type { Micros } from '#engine/kernel/time';
import type { ContainerdState } from './state';

export interface RuntimeTruth {
  readonly sandboxes: readonly {
    readonly podUid: string;
    readonly namespace: string;
    readonly name: string;
    readonly ip: string;
    readonly running: number;
    readonly containers: number;
  }[];
  readonly containers: readonly {
    readonly id: string;
    readonly podUid: string;
    readonly name: string;
    readonly image: string;
    readonly state: 'created' | 'running' | 'exited';
    readonly startedAt: Micros;
    readonly restartCount: number;
    readonly exitCode: number;
  }[];
}

/** Sandboxes that are up, and all containers that the runtime knows. */
export function runtimeContainers(state: ContainerdState): RuntimeTruth {
  const sandboxes = [...state.sandboxes.values()]
    .filter(({ status }) => status.ready)
    .map(({ status, containers }) => {
      let running = 0;
      for (const id of containers) if (state.containers.get(id)?.status.state === 'running') running += 1;
      const { uid, namespace, name } = status.pod;
      return { podUid: uid, namespace, name, ip: status.ip, running, containers: containers.length };
    });
  const containers = [...state.containers.values()].map(({ status }) => ({
    id: status.id,
    podUid: status.podUid,
    name: status.name,
    image: status.image,
    state: status.state,
    startedAt: status.startedAt,
    restartCount: status.attempt,
    exitCode: status.exitCode,
  }));
  return { sandboxes, containers };
}
