/**
 * Choosing among the nodes that a pod fits on: PreScore, Score, NormalizeScore, the weighted sum, and the winner of a tie.
 *
 * @source kubernetes pkg/scheduler/schedule_one.go (prioritizeNodes, selectHost), framework/runtime/framework.go (RunScorePlugins)
 */
import { InvariantError } from '#engine/kernel/invariant';
import type { Framework, ReadyPlugin } from './framework';
import { type KnownScores, manyNodes } from './many';
import type { NodeInfo } from './node-info';
import { type Cycle, MAX_NODE_SCORE, SKIP } from './plugin';

/** Scores of the feasible nodes. The arrays are reused: valid until the next attempt. */
export interface Scored {
  /** Plug-ins that scored, in order. */
  readonly plugins: readonly ReadyPlugin[];
  /** By plug-in, then node; of a plug-in that scores all nodes the same only the first is there, of one in `known` nothing. */
  readonly raw: readonly Float64Array[];
  readonly normalized: readonly Float64Array[];
  readonly isUniform: readonly boolean[];
  /** By plug-in: scores that were not worked out, raw and normalised; null: they were. */
  readonly known: readonly (KnownScores | null)[];
  /** Weighted sums. */
  readonly totals: Float64Array;
  readonly count: number;
}

const raws: Float64Array[] = [];
const normals: Float64Array[] = [];
let totals = new Float64Array(0);
let heap = new Int32Array(0);

/** Scores the first `count` nodes. */
export function scoreNodes(framework: Framework, cycle: Cycle, nodes: readonly NodeInfo[], count: number): Scored {
  makeRoom(framework.scores.length, count);
  const plugins: ReadyPlugin[] = [];
  const raw: Float64Array[] = [];
  const normalized: Float64Array[] = [];
  const isUniform: boolean[] = [];
  const known: (KnownScores | null)[] = [];
  let uniform = 0;
  for (const ready of framework.scores) {
    const { plugin, weight } = ready;
    const state = plugin.preScore === undefined ? null : plugin.preScore(cycle, nodes, count);
    if (state === SKIP) continue;
    const own = raws[plugins.length]!;
    const before =
      plugin.normalizeScore === undefined ? (manyNodes.code?.known(plugin.name, state, cycle) ?? null) : null;
    known.push(before);
    if (before !== null) {
      plugins.push(ready);
      raw.push(own);
      normalized.push(own);
      isUniform.push(false);
      continue;
    }
    const isScored = manyNodes.code?.score(plugin.name, state, cycle, count, own) === true;
    const same = isScored ? undefined : plugin.score?.(state, cycle, nodes, count, own);
    const different = same === undefined ? count : 1;
    if (same !== undefined) own[0] = same;
    let final = own;
    if (plugin.normalizeScore !== undefined) {
      final = normals[plugins.length]!;
      for (let i = 0; i < different; i++) final[i] = own[i]!;
      plugin.normalizeScore(final, different, state);
    }
    if (same !== undefined) uniform += weight * checked(plugin.name, final[0]!);
    plugins.push(ready);
    raw.push(own);
    normalized.push(final);
    isUniform.push(same !== undefined);
  }
  let isFirst = true;
  for (let p = 0; p < plugins.length; p++) {
    if (isUniform[p] === true) continue;
    const { plugin, weight } = plugins[p]!;
    const base = isFirst ? uniform : null;
    if (known[p] !== null) known[p]!.addTo(totals, count, weight, base);
    else addWeighted(plugin.name, normalized[p]!, weight, count, base);
    isFirst = false;
  }
  if (isFirst) totals.fill(uniform, 0, count);
  return { plugins, raw, normalized, isUniform, known, totals, count };
}

/** What the plug-in at `p` gave the nodes at these places. */
export function scoresAt(
  { raw, normalized, isUniform, known }: Scored,
  p: number,
  places: readonly number[],
): {
  readonly raw: readonly number[];
  readonly normalized: readonly number[];
} {
  const before = known[p]!;
  const read = (scores: Float64Array): readonly number[] =>
    places.map((place) => (before === null ? scores[isUniform[p] === true ? 0 : place]! : before.at(place)));
  const own = read(raw[p]!);
  return { raw: own, normalized: normalized[p] === raw[p] ? own : read(normalized[p]!) };
}

/**
 * Adds a plug-in's scores to the totals.
 *
 * @param base - what the totals begin with; null: they have begun
 * @throws InvariantError when a score is outside of 0 … 100
 */
function addWeighted(name: string, scores: Float64Array, weight: number, count: number, base: number | null): void {
  const sums = totals;
  let least = 0;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const score = scores[i]!;
    if (score < least) least = score;
    else if (score > most) most = score;
    sums[i] = (base ?? sums[i]!) + weight * score;
  }
  checked(name, least);
  checked(name, most);
}

function checked(name: string, score: number): number {
  if (score >= 0 && score <= MAX_NODE_SCORE) return score;
  throw new InvariantError(`plug-in ${name} gave ${score}, which is no score from 0 to ${MAX_NODE_SCORE}`);
}

/**
 * Index of the chosen one of the first `count` scores, the greatest, and how many of them are as great. Of equals it is the one
 * that Go's `heap.Init` leaves on top, as in 1.35 without extenders: always the same for the same order of nodes.
 */
export function selectHost(
  scores: ArrayLike<number>,
  count: number,
): { readonly chosen: number; readonly tied: number } {
  let best = 0;
  let tied = 1;
  let most = scores[0]!;
  for (let i = 1; i < count; i++) {
    const score = scores[i]!;
    if (score > most) {
      best = i;
      most = score;
      tied = 1;
    } else if (score === most) tied += 1;
  }
  return { chosen: tied === 1 || tied === count ? best : topOfHeap(scores, count), tied };
}

/** @source Go's container/heap (Init, down) with the greater score on top */
function topOfHeap(scores: ArrayLike<number>, count: number): number {
  if (heap.length < count) heap = new Int32Array(count);
  for (let i = 0; i < count; i++) heap[i] = i;
  for (let root = (count >> 1) - 1; root >= 0; root--) {
    const entry = heap[root]!;
    let place = root;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= count) break;
      if (child + 1 < count && scores[heap[child + 1]!]! > scores[heap[child]!]!) child += 1;
      const next = heap[child]!;
      if (!(scores[next]! > scores[entry]!)) break;
      heap[place] = next;
      place = child;
    }
    heap[place] = entry;
  }
  return heap[0]!;
}

function makeRoom(plugins: number, count: number): void {
  if (totals.length < count) {
    totals = new Float64Array(2 * count);
    raws.length = 0;
    normals.length = 0;
  }
  while (raws.length < plugins) {
    raws.push(new Float64Array(totals.length));
    normals.push(new Float64Array(totals.length));
  }
}
