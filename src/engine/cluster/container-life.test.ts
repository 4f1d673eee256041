import { describe, expect, it } from 'vitest';
import type { Pod } from '#engine/api/types';
import { parseTimestamp } from '#engine/api/timestamp';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, manifests, service } from './testing';

const pod = (name: string, container: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  containers:
  - name: main
    image: busybox:1.36
${container}`;

const statusOf = (whole: Pod | null) => whole?.status.containerStatuses?.[0];

describe('a container', () => {
  it('that crashes is restarted at once, then after 10 s, 20 s, 40 s, 80 s, 160 s, 300 s, as the golden transcript tells', async () => {
    const t = bootedStory();
    t.apply(pod('crash', `    command: ["sh", "-c", "sleep 1; exit 3"]\n`));
    const pauses: number[] = [];
    const ends: string[] = [];
    let finishedAt = 0;
    let starts = 0;
    t.until(
      'eight starts',
      () => {
        const container = statusOf(t.object<Pod>('Pod', 'crash'));
        const started = container?.state?.running?.startedAt;
        const terminated = container?.lastState?.terminated;
        if (started === undefined || (container?.restartCount ?? 0) + 1 <= starts) return false;
        starts = (container?.restartCount ?? 0) + 1;
        if (terminated?.finishedAt !== undefined) {
          finishedAt = parseTimestamp(terminated.finishedAt);
          ends.push(`${terminated.exitCode} ${terminated.reason}`);
          pauses.push((parseTimestamp(started) - finishedAt) / SECOND);
        }
        return starts === 8;
      },
      20 * MINUTE,
    );
    expect(ends).toEqual(pauses.map(() => '3 Error'));
    // Timestamps have whole seconds, and the sync loop adds a little.
    [0, 10, 20, 40, 80, 160, 300].forEach((pause, index) => {
      expect(pauses[index]).toBeGreaterThanOrEqual(pause);
      expect(pauses[index]).toBeLessThanOrEqual(pause + 2 + pause / 20);
    });
    expect(t.pod('crash')!.restarts).toBe(7);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/crash-loop.txt');
  });

  it('whose liveness probe fails three times is killed and started again', async () => {
    const t = bootedStory();
    t.apply(
      pod(
        'liveness',
        `    command: ["sh", "-c", "touch /tmp/healthy; sleep 30; rm -f /tmp/healthy; sleep 600"]
    livenessProbe:
      exec: {command: ["cat", "/tmp/healthy"]}
      initialDelaySeconds: 5
      periodSeconds: 5
`,
      ),
    );
    t.until('it runs', () => t.pod('liveness')?.status === 'Running', MINUTE);
    const startedAt = t.now;
    t.until('the kill is announced', () => t.eventsOf('Pod', 'Killing').length === 1, 2 * MINUTE);
    // Healthy for 30 s; then failures at 5 s intervals, the third at most 45 s after the start.
    expect(t.now - startedAt).toBeGreaterThanOrEqual(40 * SECOND);
    expect(t.now - startedAt).toBeLessThanOrEqual(47 * SECOND);
    expect(t.eventsOf('Pod', 'Killing')[0]!.message).toBe('Container main failed liveness probe, will be restarted');
    t.until('it is started again', () => t.pod('liveness')?.restarts === 1, MINUTE);
    // sh as process 1 does not heed SIGTERM: the whole grace period passes.
    expect(statusOf(t.object<Pod>('Pod', 'liveness'))?.lastState?.terminated).toMatchObject({
      exitCode: 137,
      reason: 'Error',
    });
    await expect(t.transcript).toMatchFileSnapshot('transcripts/liveness.txt');
  });

  it('that is not ready gets no traffic, from its start until its probe succeeds and again when it fails', () => {
    const t = bootedStory({ recorded: false });
    t.apply(
      manifests(
        pod(
          'gate',
          `    command: ["sh", "-c", "sleep 20; touch /tmp/ready; sleep 30; rm /tmp/ready; sleep 3600"]
    readinessProbe:
      exec: {command: ["cat", "/tmp/ready"]}
      periodSeconds: 5
`,
        ),
        service('gate'),
      ),
    );
    t.until('it runs', () => t.pod('gate')?.status === 'Running', MINUTE);
    const startedAt = t.now;
    t.run(15 * SECOND);
    expect(t.service('gate')).toMatchObject({ readyEndpoints: 0, endpoints: 1 });
    t.until('it is ready', () => t.service('gate').readyEndpoints === 1, 20 * SECOND);
    expect(t.now - startedAt).toBeGreaterThanOrEqual(19 * SECOND);
    expect(t.now - startedAt).toBeLessThanOrEqual(26 * SECOND);
    t.until('it is not ready any more', () => t.service('gate').readyEndpoints === 0, MINUTE);
    // Gone after 50 s; three failures 5 s apart.
    expect(t.now - startedAt).toBeGreaterThanOrEqual(59 * SECOND);
    expect(t.now - startedAt).toBeLessThanOrEqual(67 * SECOND);
    expect(t.pod('gate')).toMatchObject({ status: 'Running', restarts: 0, readyContainers: 0 });
  });
});
