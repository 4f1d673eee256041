import { describe, expect, it } from 'vitest';
import { pod } from '../testing/builders';
import { podShape, shapeOfStatus } from './pod-shape';

describe('the shape of a pod', () => {
  it.each([
    ['Running', true, 'running'],
    ['Running', false, 'not-ready'],
    ['Pending', false, 'pending'],
    ['ContainerCreating', false, 'creating'],
    ['PodInitializing', false, 'creating'],
    ['Init:0/2', false, 'creating'],
    ['Init:CrashLoopBackOff', false, 'crashing'],
    ['Init:ImagePullBackOff', false, 'image-error'],
    ['CrashLoopBackOff', false, 'crashing'],
    ['OOMKilled', false, 'crashing'],
    ['ExitCode:3', false, 'crashing'],
    ['ErrImagePull', false, 'image-error'],
    ['ImagePullBackOff', false, 'image-error'],
    ['Completed', false, 'completed'],
    ['Evicted', false, 'failed'],
    ['OutOfcpu', false, 'failed'],
    ['SomethingNew', false, 'unknown'],
  ])('%s (ready: %s) is %s', (status, ready, shape) => {
    expect(shapeOfStatus(status, ready)).toBe(shape);
  });

  it('is that of a pod going away as soon as its deletion was asked for', () => {
    expect(podShape(pod('a', { deletionAt: 5 }), true)).toBe('terminating');
  });

  it('says that only the API believes a pod to run', () => {
    expect(podShape(pod('a'), false)).toBe('absent');
    expect(podShape(pod('a', { status: 'Pending' }), false)).toBe('pending');
  });
});
