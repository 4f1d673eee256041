/** The work queues of the controller manager, read from its facts. Pure. */
import type { ProcessRecord } from '#engine/cluster/records';

export interface QueueFigure {
  readonly name: string;
  readonly length: number;
}

const PREFIX = 'queue:';

/** All queues, the fullest first; equal ones by name. */
export function busiestQueues(facts: ProcessRecord['facts']): readonly QueueFigure[] {
  const queues: QueueFigure[] = [];
  for (const [fact, value] of Object.entries(facts)) {
    if (fact.startsWith(PREFIX) && typeof value === 'number') {
      queues.push({ name: fact.slice(PREFIX.length), length: value });
    }
  }
  return queues.sort((a, b) => b.length - a.length || (a.name < b.name ? -1 : 1));
}
