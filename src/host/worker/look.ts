/** Reads the engine's records for whoever looks closer. Late code: nobody does so in a cluster's first seconds. */
import type { Engine } from '#engine/cluster/door';
import type { CauseRecord } from '#engine/kernel/causes';
import type { Look, LookAnswers } from './protocol';

/** Causes that are told: a loop's chain reaches back to the start of the run. */
const MOST_CAUSES = 60;

export function look(engine: Engine, what: Exclude<Look, { type: 'inputs' }>): LookAnswers[typeof what.type] {
  if (what.type !== 'causes') return engine.look(what);
  const causes: CauseRecord[] = [];
  for (let id = what.event; id >= 0 && causes.length < MOST_CAUSES;) {
    const record = engine.event(id);
    if (record === null) break;
    causes.push(record);
    id = record.cause;
  }
  return causes;
}
