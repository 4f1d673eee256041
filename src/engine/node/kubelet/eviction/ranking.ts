/**
 * Who goes first when a node is short of something.
 *
 * @source kubernetes pkg/kubelet/eviction/helpers.go (rankMemoryPressure, rankDiskPressureFunc)
 */

export interface Candidate {
  /** Bytes; null: nobody knows. */
  readonly usage: number | null;
  /** Bytes. */
  readonly request: number;
  readonly priority: number;
}

/** In the order in which they are evicted: who uses more than it asked for, then lower priority, then most above its request. */
export const rankForEviction = <C extends Candidate>(candidates: readonly C[]): readonly C[] =>
  [...candidates].sort(
    (a, b) => exceeding(a, b) || a.priority - b.priority || unknownFirst(a, b) || above(b) - above(a),
  );

const exceeding = (a: Candidate, b: Candidate): number =>
  a.usage === null || b.usage === null ? unknownFirst(a, b) : Number(above(b) > 0) - Number(above(a) > 0);

const unknownFirst = (a: Candidate, b: Candidate): number => Number(b.usage === null) - Number(a.usage === null);

const above = ({ usage, request }: Candidate): number => (usage ?? 0) - request;
