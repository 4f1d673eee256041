import { describe, expect, it } from 'vitest';
import type { ContainerStatus, PodSpec } from '#engine/api/types';
import { podPhase } from './pod-phase';

const at = '2026-01-01T00:00:00Z';
const status = (name: string, rest: Partial<ContainerStatus>): ContainerStatus => ({
  name,
  image: 'i',
  imageID: '',
  ready: false,
  restartCount: 0,
  ...rest,
});
const waiting = (name: string) => status(name, { state: { waiting: { reason: 'ContainerCreating' } } });
const running = (name: string) => status(name, { state: { running: { startedAt: at } }, started: true });
const stopped = (name: string, exitCode = 0) => status(name, { state: { terminated: { exitCode } } });
const crashLoop = (name: string) =>
  status(name, { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } });
const spec = (restartPolicy: 'Always' | 'OnFailure' | 'Never', names = ['a', 'b']): PodSpec => ({
  restartPolicy,
  containers: names.map((name) => ({ name, image: 'i' })),
});

describe('the phase of a pod (pkg/kubelet/kubelet_pods_test.go)', () => {
  it.each([
    ['all waiting', [waiting('a'), waiting('b')], 'Pending'],
    ['all running', [running('a'), running('b')], 'Running'],
    ['all stopped', [stopped('a'), stopped('b')], 'Running'],
    ['running and stopped', [running('a'), stopped('b')], 'Running'],
    ['running and not yet created', [running('a')], 'Pending'],
    ['running and waiting', [running('a'), waiting('b')], 'Pending'],
    ['running and in a crash loop', [running('a'), crashLoop('b')], 'Running'],
  ])('K10, restart Always, %s', (_, statuses, phase) => {
    expect(podPhase(spec('Always'), statuses, false, true)).toBe(phase);
  });

  it('K11: a pod that is ending succeeds when all exit 0, and fails otherwise', () => {
    expect(podPhase(spec('Always'), [stopped('a'), stopped('b')], true, true)).toBe('Succeeded');
    expect(podPhase(spec('Always'), [stopped('a'), stopped('b', 1)], true, true)).toBe('Failed');
  });

  it('K12: restart Never', () => {
    expect(podPhase(spec('Never'), [stopped('a'), stopped('b')], false, true)).toBe('Succeeded');
    expect(podPhase(spec('Never'), [stopped('a', 1), stopped('b', 1)], false, true)).toBe('Failed');
  });

  it('restart OnFailure goes on running while something failed', () => {
    expect(podPhase(spec('OnFailure'), [stopped('a'), stopped('b', 1)], false, true)).toBe('Running');
    expect(podPhase(spec('OnFailure'), [stopped('a'), stopped('b')], false, true)).toBe('Succeeded');
  });

  it('is Pending during init and Failed when an init container may not be tried again', () => {
    const withInit: PodSpec = { ...spec('Never', ['a']), initContainers: [{ name: 'init', image: 'i' }] };
    expect(podPhase(withInit, [running('init'), waiting('a')], false, false)).toBe('Pending');
    expect(podPhase(withInit, [stopped('init', 1), waiting('a')], false, false)).toBe('Failed');
    expect(podPhase({ ...withInit, restartPolicy: 'Always' }, [stopped('init', 1), waiting('a')], false, false)).toBe(
      'Pending',
    );
    expect(podPhase(withInit, [stopped('init'), running('a')], false, true)).toBe('Running');
  });
});
