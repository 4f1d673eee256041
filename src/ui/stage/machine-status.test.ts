import { describe, expect, it } from 'vitest';
import { machine, node, process } from '../testing/builders';
import { en } from '../text/en';
import { machineStatus } from './machine-status';

const ready = node('node-1');
const unknown = node('node-1', { ready: 'Unknown' });
const off = machine('node-1', { power: 'off' });

describe('the status of a machine', () => {
  it.each([
    ['all is well', machine('node-1'), ready, 'Ready', 'Ready', false],
    [
      'cordoned',
      machine('node-1'),
      node('node-1', { unschedulable: true }),
      'Ready',
      'Ready,SchedulingDisabled',
      false,
    ],
    ['no power, not yet known', off, ready, 'Off', 'no power · API: Ready', true],
    ['no power, known', off, unknown, 'Off', 'no power · API: NotReady', false],
    [
      'cut one way, not yet known',
      machine('node-1', { cable: { in: true, out: false } }),
      ready,
      'Ready',
      'nobody hears it · API: Ready',
      true,
    ],
    [
      'deaf',
      machine('node-1', { cable: { in: false, out: true } }),
      unknown,
      'NotReady',
      'hears nobody · API: NotReady',
      false,
    ],
    [
      'cut both ways',
      machine('node-1', { cable: { in: false, out: false } }),
      ready,
      'Ready',
      'cable cut · API: Ready',
      true,
    ],
    [
      'its kubelet paused, not yet known',
      machine('node-1', { processes: [process('node-1', 'kubelet', { state: 'paused' })] }),
      ready,
      'Ready',
      'kubelet paused · API: Ready',
      true,
    ],
    ['runs, and nobody has heard of it for long', machine('node-1'), unknown, 'NotReady', 'runs · API: NotReady', true],
    ['booting', machine('node-1', { power: 'booting' }), undefined, 'NotReady', 'booting', false],
    ['not registered', machine('node-1'), undefined, 'NotReady', 'joining', false],
    ['unwell', machine('node-1'), node('node-1', { ready: 'False' }), 'NotReady', 'NotReady', false],
  ])('%s', (_case, truth, belief, state, words, disagrees) => {
    expect(machineStatus(truth, belief, en)).toMatchObject({ state, words, disagrees });
  });
});
