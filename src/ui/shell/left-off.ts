/**
 * Where this tab was when it was left. The worker has no time to keep the run while its page goes, so the last checkpoint is
 * up to some seconds older; told how far it had come, the engine makes up for them.
 */
import type { HostStatus, Pace, StartOptions } from '#host/worker/protocol';
import { type RunName, runKey } from '#host/worker/kept-clusters';
import type { UiStore } from '../state/store';

const KEY = 'kubarium.left';

/** Remembers it whenever the page goes. */
export function rememberWhereLeft(store: UiStore): void {
  addEventListener('pagehide', () => {
    const { host, mirror } = store.getState();
    if (host) keep(host, mirror.now);
  });
}

function keep(host: HostStatus, at: number): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ run: runKey(host), at, pace: host.pace }));
  } catch {
    // Storage is forbidden: a reload goes on from the last checkpoint.
  }
}

/** Where this run was left, if it was this run that was left. */
export function whereLeft(run: RunName): Pick<StartOptions, 'left'> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('run' in kept && 'at' in kept && 'pace' in kept)) return {};
    const { at, pace } = kept;
    if (kept.run !== runKey(run) || typeof at !== 'number' || !isPace(pace)) return {};
    return { left: { at, pace } };
  } catch {
    return {};
  }
}

const isPace = (value: unknown): value is Pace =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  (value.type === 'paused' ||
    value.type === 'max' ||
    (value.type === 'speed' && 'factor' in value && typeof value.factor === 'number'));
