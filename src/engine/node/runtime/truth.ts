/** What really runs on a machine, for observers. Reads only. */
import { SECOND, type Micros } from '#engine/kernel/time';
import { downloadShare } from './image-store';
import type { ContainerdState } from './state';

interface RunningSandbox {
  readonly podUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly running: number;
  readonly containers: number;
  readonly paused?: number;
}

/** Sandboxes that are up, and how many of their containers run. */
export function runningSandboxes(state: ContainerdState): readonly RunningSandbox[] {
  const running: RunningSandbox[] = [];
  for (const { status, containers } of state.sandboxes.values()) {
    if (!status.ready) continue;
    let up = 0;
    let paused = 0;
    for (const id of containers) {
      const container = state.containers.get(id);
      if (container?.status.state === 'running') up += 1;
      if (container?.frozen !== undefined) paused += 1;
    }
    const { uid, namespace, name } = status.pod;
    const still = paused === 0 ? null : { paused };
    running.push({ podUid: uid, namespace, name, running: up, containers: containers.length, ...still });
  }
  return running;
}

/** A pull whose bytes are coming: its size, and from when to when they would come at the speed of now. */
export interface PullUnderWay {
  readonly bytes: number;
  readonly startedAt: Micros;
  readonly endsAt: Micros;
}

/** The pull of an image, by its canonical name; null while none is under way or no byte is awaited. */
export function pullUnderWay(state: ContainerdState, name: string): PullUnderWay | null {
  const pull = state.pulls.get(name);
  if (pull?.state !== 'downloading' || pull.manifest === null) return null;
  const { size } = pull.manifest;
  const speed = downloadShare(state) / SECOND;
  const endsAt = pull.at + (size - pull.done) / speed;
  return { bytes: size, startedAt: endsAt - size / speed, endsAt };
}
