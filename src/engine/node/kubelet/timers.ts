/** The kubelet's clocks that are worth drawing: who waits, since when, until when, why. */
import { parseTimestamp } from '#engine/api/timestamp';
import { type Micros, seconds } from '#engine/kernel/time';
import { goSeconds } from './back-off';
import { containersOf, type KubeletState, type ProbeType, specsOf } from './state';

export interface KubeletTimerRecord {
  readonly id: string;
  readonly subject: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly what: 'back-off' | 'image-back-off' | 'active-deadline';
  readonly startedAt: Micros;
  readonly endsAt: Micros;
  readonly text: string;
}

/** Back-offs of containers and images, and deadlines of pods, by virtual time. Reads only. */
export function kubeletTimers(state: KubeletState): readonly KubeletTimerRecord[] {
  const timers: KubeletTimerRecord[] = [];
  for (const worker of state.workers.values()) {
    if (worker.state !== 'sync') continue;
    // A node has many pods, of which hardly one waits: the others are left at a glance.
    if (worker.deadline === null && worker.backOff === null && state.imageBackOff.size === 0) continue;
    const { metadata } = worker.pod;
    const subject = { kind: 'Pod', namespace: metadata.namespace ?? '', name: metadata.name };
    const limit = worker.pod.spec.activeDeadlineSeconds;
    if (worker.deadline !== null && limit !== undefined) {
      const startedAt = parseTimestamp(worker.startTime);
      timers.push({
        id: `deadline/${worker.uid}`,
        subject,
        what: 'active-deadline',
        startedAt,
        endsAt: startedAt + seconds(limit),
        text: `the pod may run for ${limit} s`,
      });
    }
    for (const work of containersOf(worker)) {
      const id = `${worker.uid}/${work.name}`;
      const { waiting } = work;
      if (waiting?.reason === 'CrashLoopBackOff') {
        const entry = worker.backOff?.get(work.name);
        if (entry === undefined) continue;
        timers.push({
          id: `back-off/${id}`,
          subject,
          what: 'back-off',
          startedAt: work.endedAt,
          endsAt: work.endedAt + entry.delay,
          text: `container ${work.name} ended again: next start after ${goSeconds(entry.delay)}`,
        });
      } else if (waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff') {
        const spec = specsOf(worker.pod.spec, work.role)?.[work.index];
        const entry = state.imageBackOff.get(`${worker.uid}_${spec?.image ?? ''}`);
        if (entry === undefined) continue;
        timers.push({
          id: `image/${id}`,
          subject,
          what: 'image-back-off',
          startedAt: entry.changedAt,
          endsAt: entry.changedAt + entry.delay,
          text: `image ${spec?.image ?? ''} could not be pulled: next try after ${goSeconds(entry.delay)}`,
        });
      }
    }
  }
  return timers;
}

/** An answer to a probe. */
interface ProbeAnswer {
  readonly pod: string;
  readonly probe: ProbeType;
  readonly ok: boolean;
}

/** The last answers of probes that were answered after a moment; pods by the uid that the API knows them by. */
export function probesSince(state: KubeletState, at: Micros): readonly ProbeAnswer[] {
  const answers: ProbeAnswer[] = [];
  for (const worker of state.workers.values())
    for (const { probes } of containersOf(worker))
      for (const { type, lastResult, answeredAt } of probes)
        if (answeredAt > at && lastResult !== null)
          answers.push({ pod: worker.mirror ?? worker.uid, probe: type, ok: lastResult });
  return answers;
}
