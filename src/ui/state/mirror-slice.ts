/** The slice that holds the mirror of the engine, and what the host says about itself. */
import type { StateCreator } from 'zustand/vanilla';
import type { Frame } from '#engine/cluster/door';
import type { Crash, HostStatus, Pace } from '#host/worker/protocol';
import { createLogFeed, type LogFeed } from '../log/log-feed';
import { applyFrame, emptyMirror, type Mirror } from './mirror';
import type { UiState } from './store';

export interface MirrorSlice {
  readonly mirror: Mirror;
  /** Null until the first frame. */
  readonly host: HostStatus | null;
  /** What resuming goes back to. */
  readonly paceBeforePause: Pace;
  readonly crash: Crash | null;
  /** Where the event log hears what the frames tell it beside the mirror. */
  readonly logFeed: LogFeed;
  /** The only writer of the mirror: one call per frame. */
  applyFrame(frame: Frame, status: HostStatus, nowMs: number): void;
  setCrash(crash: Crash | null): void;
}

function sameStatus(a: HostStatus, b: HostStatus): boolean {
  return (
    a.measuredSpeed === b.measuredSpeed &&
    a.eventsPerSecond === b.eventsPerSecond &&
    a.seed === b.seed &&
    a.scenario === b.scenario &&
    a.resumed === b.resumed &&
    a.name === b.name &&
    a.unkept === b.unkept &&
    a.follows === b.follows &&
    a.time?.version === b.time?.version &&
    a.replayed === b.replayed &&
    a.pace.type === b.pace.type &&
    (a.pace.type !== 'speed' || b.pace.type !== 'speed' || a.pace.factor === b.pace.factor)
  );
}

const isSameRun = (a: HostStatus | null, b: HostStatus): boolean =>
  a === null || (a.seed === b.seed && a.scenario === b.scenario);

export const createMirrorSlice: StateCreator<UiState, [], [], MirrorSlice> = (set) => ({
  mirror: emptyMirror,
  host: null,
  paceBeforePause: { type: 'speed', factor: 1 },
  crash: null,
  logFeed: createLogFeed(),
  applyFrame: (frame, status, nowMs) =>
    set((state) => ({
      mirror: applyFrame(isSameRun(state.host, status) ? state.mirror : emptyMirror, frame, nowMs, status.time?.track),
      host: state.host && sameStatus(state.host, status) ? state.host : status,
      // What was refused in the past is no matter elsewhere.
      ...(state.host?.time?.past === true && status.time?.past === false ? { notices: [] } : {}),
      paceBeforePause: status.pace.type === 'paused' ? state.paceBeforePause : status.pace,
    })),
  setCrash: (crash) => set({ crash }),
});
