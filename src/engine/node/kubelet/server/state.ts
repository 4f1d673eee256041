/** What the kubelet's HTTP server remembers of requests and streams under way. Plain data. */
import type { ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { LogOptions } from './log-text';

/** Who asked, and under which number. */
export interface ServerPeer {
  readonly process: ProcessId;
  readonly id: number;
}

export interface Session {
  readonly peer: ServerPeer;
  /** Set when a log is followed. */
  readonly log: FollowedLog | null;
  /** Of an exec: what runs. */
  readonly command: readonly string[] | null;
  /** Monotonic time at which the peer was last heard. */
  heard: Micros;
}

/** A log that is about to be read, once the runtime has written out what it holds. */
export interface LogAsk {
  readonly what: 'log';
  readonly peer: ServerPeer;
  readonly file: string;
  readonly containerId: string;
  readonly options: LogOptions;
}

/** Numbers that the runtime is asked for. */
export interface StatsAsk {
  readonly what: 'stats';
  readonly peer: ServerPeer;
  readonly form: 'resource' | 'summary';
}

/** What a follower still gets. */
export interface FollowedLog {
  readonly options: LogOptions;
  /** Bytes; null: any number. */
  left: number | null;
}

/** A stream that the runtime is asked to open. */
export interface StreamAsk {
  readonly what: 'stream';
  readonly peer: ServerPeer;
  /** Of an exec; else null. */
  readonly command: readonly string[] | null;
  /** Of a port-forward; else 0. */
  readonly port: number;
}
