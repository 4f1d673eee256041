import { describe, expect, it } from 'vitest';
import type { ContainerStatus } from '#engine/api/types';
import { endedContainers } from './ended-containers';

const BASE = { name: 'c', image: '', imageID: '', ready: false, restartCount: 0 };
const waiting: ContainerStatus = { ...BASE, state: { waiting: { reason: 'PodInitializing' } }, lastState: {} };
const running: ContainerStatus = { ...BASE, state: { running: {} }, lastState: {} };
const done: ContainerStatus = { ...BASE, state: { terminated: { exitCode: 0 } }, lastState: {} };
const crashed: ContainerStatus = { ...waiting, lastState: { terminated: { exitCode: 1 } } };

const word = ({ state }: ContainerStatus): string =>
  state?.terminated === undefined ? 'waiting' : `${state.terminated.exitCode}`;

/** @source kubernetes pkg/kubelet/status/status_manager_test.go (TestTerminatePod_EnsurePodPhaseIsTerminal, TestTerminatePodWaiting) */
describe('containers of a pod that has ended', () => {
  it.each([
    {
      what: 'those that never began have failed',
      init: [],
      regular: [waiting, done],
      initialized: true,
      are: '|137 0',
    },
    { what: 'one that ran is lost', init: [done], regular: [running], initialized: true, are: '0|137' },
    {
      what: 'behind init containers that never ended they wait',
      init: [waiting, waiting],
      regular: [waiting],
      initialized: false,
      are: '137 waiting|waiting',
    },
    {
      what: 'init containers have failed up to the last that began',
      init: [done, crashed, waiting],
      regular: [waiting],
      initialized: false,
      are: '0 137 waiting|waiting',
    },
  ])('$what', ({ init, regular, initialized, are }) => {
    const ended = endedContainers(init, regular, initialized);
    expect(`${ended.init.map(word).join(' ')}|${ended.regular.map(word).join(' ')}`).toBe(are);
  });
});
