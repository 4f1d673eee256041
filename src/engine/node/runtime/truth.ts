/** What really runs on a machine, for observers. Reads only. */
import type { ContainerdState } from './state';

interface RunningSandbox {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly running: number;
  readonly containers: number;
}

/** Sandboxes that are up, and how many of their containers run. */
export function runningSandboxes(state: ContainerdState): readonly RunningSandbox[] {
  const running: RunningSandbox[] = [];
  for (const { status, containers } of state.sandboxes.values()) {
    if (!status.ready) continue;
    let up = 0;
    for (const id of containers) if (state.containers.get(id)?.status.state === 'running') up += 1;
    const { uid, namespace, name } = status.pod;
    running.push({ podUid: uid, namespace, name, running: up, containers: containers.length });
  }
  return running;
}
