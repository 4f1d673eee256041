/**
 * Choosing among the nodes that a pod fits on: PreScore, Score, NormalizeScore, the weighted sum, and the winner of a tie.
 *
 * @source kubernetes pkg/scheduler/schedule_one.go (prioritizeNodes, selectHost), framework/runtime/framework.go (RunScorePlugins)
 */
import { InvariantError } from '#engine/kernel/invariant';
import type { Framework, ReadyPlugin } from './framework';
import { manyNodes } from './many';
import type { NodeInfo } from './node-info';
import { type Cycle, MAX_NODE_SCORE, SKIP } from './plugin';

/** Scores of the feasible nodes. The arrays are reused: valid until the next attempt. */
export interface Scored {
  /** Plug-ins that scored, in order. */
  readonly plugins: readonly ReadyPlugin[];
  /** By plug-in, then node; of a plug-in that scores all nodes the same only the first is there. */
  readonly raw: readonly Float64Array[];
  readonly normalized: readonly Float64Array[];
  readonly isUniform: readonly boolean[];
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
  let uniform = 0;
  let summed = 0;
  for (const ready of framework.scores) {
    const { plugin, weight } = ready;
    const state = plugin.preScore === undefined ? null : plugin.preScore(cycle, nodes, count);
    if (state === SKIP) continue;
    const own = raws[plugins.length]!;
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
    if (same !== undefined) {
      uniform += weight * checked(plugin.name, final[0]!);
    } else {
      addWeighted(plugin.name, final, weight, count, summed === 0);
      summed += 1;
    }
    plugins.push(ready);
    raw.push(own);
    normalized.push(final);
    isUniform.push(same !== undefined);
  }
  if (summed === 0) totals.fill(uniform, 0, count);
  else for (let i = 0; i < count; i++) totals[i]! += uniform;
  return { plugins, raw, normalized, isUniform, totals, count };
}

/** @throws InvariantError when a plug-in's score is outside of 0 … 100 */
function addWeighted(name: string, scores: Float64Array, weight: number, count: number, isFirst: boolean): void {
  const sums = totals;
  let least = 0;
  let most = 0;
  for (let i = 0; i < count; i++) {
    const score = scores[i]!;
    if (score < least) least = score;
    else if (score > most) most = score;
    sums[i] = isFirst ? weight * score : sums[i]! + weight * score;
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
  for (let i = 1; i < count; i++) {
    if (scores[i]! > scores[best]!) {
      best = i;
      tied = 1;
    } else if (scores[i] === scores[best]) {
      tied += 1;
    }
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
