/** The controllers of a controller manager, read from its facts: what waits for each, and what each has planned last. Pure. */
import type { ProcessRecord } from '#engine/cluster/records';
import type { Micros } from '#engine/kernel/time';

export interface LoopFigure {
  readonly name: string;
  /** Keys in hand or waiting. */
  readonly length: number;
  /** Null: nothing yet. */
  readonly plan: { readonly at: Micros; readonly key: string; readonly why: string } | null;
}

const QUEUE = 'queue:';
const PLAN = 'plan:';

/** Facts that tell of loops, and of nothing else. */
export const isOfLoops = (fact: string): boolean => fact.startsWith(QUEUE) || fact.startsWith(PLAN);

/** All loops, who has planned last first; those that never planned anything follow by name. */
export function loopsOf(facts: ProcessRecord['facts']): readonly LoopFigure[] {
  const loops: LoopFigure[] = [];
  for (const [fact, length] of Object.entries(facts)) {
    if (!fact.startsWith(QUEUE) || typeof length !== 'number') continue;
    const name = fact.slice(QUEUE.length);
    const [at = '', key = '', ...why] = String(facts[`${PLAN}${name}`] ?? '').split(' ');
    loops.push({ name, length, plan: at === '' ? null : { at: Number(at), key, why: why.join(' ') } });
  }
  const last = ({ plan }: LoopFigure): Micros => plan?.at ?? -1;
  return loops.sort((a, b) => last(b) - last(a) || (a.name < b.name ? -1 : 1));
}
