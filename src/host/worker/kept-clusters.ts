/** Clusters that a browser keeps: what each is called, where it stands, and how a person sees them in a list. */
import type { ClusterSpec, SavedEngine } from '#engine/cluster/door';
import type { KeptTracks } from '#engine/cluster/rewind/history';
import type { Micros } from '#engine/kernel/time';
import type { Pace } from './pace';

/** What tells runs apart: its name, or where it started. */
export interface RunName {
  readonly seed: number;
  /** Name of a starting cluster in `src/scenarios`. */
  readonly scenario: string;
  /** Absent: nobody has given it one. */
  readonly name?: string;
}

/** A kept cluster as it stands in a list. */
export interface KeptCluster extends RunName {
  readonly key: string;
  /** Virtual time that it has come to. */
  readonly now: Micros;
  /** When it was kept, real ms since 1970. */
  readonly keptAt: number;
  /** Machines that it began with. */
  readonly machines: number;
}

/** The whole of it. */
export interface StoredRun extends RunName {
  readonly cluster: ClusterSpec;
  readonly pace: Pace;
  readonly now: Micros;
  readonly keptAt: number;
  readonly saved: SavedEngine;
  /** Its branches; null: none. `saved` stands in the present of the current one. */
  readonly tracks: KeptTracks | null;
}

/** Why nothing is kept: there is no room left, or the browser refuses altogether (a private window). */
export type KeepingProblem = 'full' | 'refused';

/** Names longer than this do not fit in a list. */
export const LONGEST_NAME = 60;

/** Under which a run is kept. */
export const runKey = ({ name, scenario, seed }: RunName): string =>
  name === undefined ? `${scenario}#${seed}` : `name:${name}`;

export const asListed = (run: StoredRun): KeptCluster => {
  const { seed, scenario, name, now, keptAt, cluster } = run;
  const machines = cluster.nodes + cluster.controlPlanes;
  return { key: runKey(run), seed, scenario, now, keptAt, machines, ...(name === undefined ? {} : { name }) };
};
