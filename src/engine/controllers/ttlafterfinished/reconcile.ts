/** Deletes Jobs some time after they are over. @source kubernetes pkg/controller/ttlafterfinished/ttlafterfinished_controller.go */
import { hasCondition } from '#engine/api/meta';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Job } from '#engine/api/types';
import type { Plan, Situation, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { type Micros, seconds } from '#engine/kernel/time';
import { splitKey } from '../keys';
import { remove } from '../steps';

export function reconcileFinishedJob(view: View, key: string, { now }: Pick<Situation, 'now'>): Plan {
  const { namespace, name } = splitKey(key);
  const job = view.get('Job', namespace, name);
  const left = job === undefined ? null : timeLeft(job, now);
  if (job === undefined || left === null || job.metadata.deletionTimestamp !== undefined) return NOTHING;
  if (left > 0) return { steps: [], again: left };
  const because = `${name} was over for ${job.spec?.ttlSecondsAfterFinished} s`;
  return { steps: [remove(job, { propagationPolicy: 'Foreground' })], because };
}

/** µs until a Job may go; null: it is not over, or stays. */
export function timeLeft({ spec, status }: Job, now: Micros): Micros | null {
  const ttl = spec?.ttlSecondsAfterFinished;
  const over = (status?.conditions ?? []).find(
    (one) => (one.type === 'Complete' || one.type === 'Failed') && hasCondition([one], one.type),
  );
  if (ttl === undefined || over === undefined) return null;
  const finished = over.lastTransitionTime;
  return (finished ?? '') === '' ? null : Math.max(0, parseTimestamp(finished!) + seconds(ttl) - now);
}
