/**
 * The checkpoints of a run, a ladder to climb down into its past: rungs in order, each as dear as the copies in it. When
 * the ladder is too heavy, first what is older than an hour is thinned out, then where rungs stand closest. Pure.
 */
import { MINUTE, type Micros } from '#engine/kernel/time';
import type { SavedEngine } from '../door';

export interface Rung {
  readonly at: Micros;
  /** Number of the event that comes next: what lies between two rungs is so many events. */
  readonly event: number;
  readonly bytes: number;
  readonly saved: SavedEngine;
}

/** Any moment of so much of the past is to be had quickly. */
const NEAR: Micros = 60 * MINUTE;
/** What all rungs together may weigh, bytes. */
const LADDER_BYTES = 60_000_000;
/** A ladder of a large cluster may weigh as much as so many of its rungs, … */
const MANY_RUNGS = 20;
/** … up to this, … */
const LARGE_LADDER_BYTES = 180_000_000;
/** … and has at least so many, whatever they weigh, … */
const LEAST_RUNGS = 6;
/** … unless one alone is heavier than this: then the past is played again from the start. */
const HEAVIEST_BYTES = 120_000_000;
/** Of the time that the engine works, one part in so many goes into a checkpoint as quick as the second quickest of the last four. */
const WORK_PER_COST = 41;
/** Of a large cluster so much work is played again at most, … */
const MOST_WORK_MS = 900;
/** … unless a checkpoint is so dear that it would take more than one part in so many. */
const LEAST_WORK_PER_COST = 18;
/** More often than after so much work they are of no use. */
const LEAST_WORK_MS = 50;

export class Ladder {
  #rungs: readonly Rung[] = [];
  #bytes = 0;

  get rungs(): readonly Rung[] {
    return this.#rungs;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The last rung of which something holds, in order of time: `holds` must not become true again once it is false. */
  last(holds: (rung: Rung) => boolean): Rung | null {
    let low = 0;
    let high = this.#rungs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#rungs[middle]!)) low = middle + 1;
      else high = middle;
    }
    return this.#rungs[low - 1] ?? null;
  }

  /** Adds a rung where there is none, and takes away what is too heavy, as seen from `now`. `share`: the part of all room that it has. */
  add(rung: Rung, now: Micros, share = 1): void {
    if (rung.bytes > HEAVIEST_BYTES) return;
    const before = this.last(({ event }) => event <= rung.event);
    if (before?.event === rung.event) return;
    const index = before === null ? 0 : this.#rungs.indexOf(before) + 1;
    this.#rungs = this.#rungs.toSpliced(index, 0, rung);
    this.#bytes += rung.bytes;
    const most = Math.max(LADDER_BYTES, Math.min(LARGE_LADDER_BYTES, MANY_RUNGS * rung.bytes));
    while (this.#bytes > most * share && this.#rungs.length > LEAST_RUNGS) this.#thinOut(now);
  }

  /** Takes the rung away that is missed least. The last one stays. */
  #thinOut(now: Micros): void {
    const rungs = this.#rungs;
    const hasFar = rungs.length > 1 && rungs[1]!.at < now - NEAR;
    let least = 0;
    let leastGap = Infinity;
    for (let i = 0; i < rungs.length - 1; i++) {
      if (hasFar && rungs[i]!.at >= now - NEAR) break;
      const gap = rungs[i + 1]!.event - (rungs[i - 1]?.event ?? 0);
      if (gap >= leastGap) continue;
      least = i;
      leastGap = gap;
    }
    this.#bytes -= rungs[least]!.bytes;
    this.#rungs = rungs.toSpliced(least, 1);
  }
}

/** When a host makes checkpoints: after so much work of the engine that they cost but a small part of it. Times are real, ms. */
export class CheckpointPace {
  #worked_ms = 0;
  /** What the last ones took. Some may have waited for something else, and one may have been lucky. */
  #costs_ms: readonly number[] = [];

  /** The engine has worked so long. @returns whether a checkpoint is due */
  worked(ms: number): boolean {
    this.#worked_ms += ms;
    const costs_ms = this.#costs_ms.toSorted((a, b) => a - b);
    const cost_ms = costs_ms[costs_ms.length > 2 ? 1 : 0] ?? 0;
    const usual_ms = Math.min(cost_ms * WORK_PER_COST, Math.max(MOST_WORK_MS, cost_ms * LEAST_WORK_PER_COST));
    return this.#worked_ms >= Math.max(LEAST_WORK_MS, usual_ms);
  }

  made(cost_ms: number): void {
    this.#worked_ms = 0;
    this.#costs_ms = [...this.#costs_ms.slice(-3), cost_ms];
  }
}
