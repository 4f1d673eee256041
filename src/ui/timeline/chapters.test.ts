import { describe, expect, it } from 'vitest';
import type { Action, RecordedInput } from '#engine/cluster/door';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { chaptersOf } from './chapters';

const typed = (line: string): Action => ({ type: 'shell', session: 't', ticket: line, line });
const fault = (machine: string): Action => ({ type: 'fault', id: machine, fault: { type: 'power-off', machine } });
const inputs = (...done: readonly (readonly [seconds: number, action: Action])[]): readonly RecordedInput[] =>
  done.map(([seconds, action]) => ({ at: seconds * SECOND, action }));

describe('chapters', () => {
  it('begin with each fault, and with a change after a rest; who only looks begins none', () => {
    expect(
      chaptersOf(
        inputs(
          [20, { type: 'apply', ticket: 'a', manifest: '' }],
          [50, typed('kubectl scale deployment/web --replicas=9')],
          [70, typed('kubectl get pods -o wide')],
          [90, fault('node-1')],
          [91, fault('node-2')],
          [100, fault('node-3')],
          [120, { type: 'heal', id: 'node-1' }],
          [300, typed('kubectl -n shop get pods')],
          [310, typed('kubectl drain node-2')],
          [320, { type: 'request', ticket: 'r', method: 'GET', path: '/' }],
        ),
      ),
    ).toEqual([
      { at: 20 * SECOND, text: 'You applied a manifest.' },
      { at: 90 * SECOND, text: 'You cut the power of node-1.' },
      { at: 100 * SECOND, text: 'You cut the power of node-3.' },
      { at: 310 * SECOND, text: 'You typed kubectl drain node-2.' },
    ]);
  });

  it('of a run in which nothing was done are none', () => {
    expect(chaptersOf([])).toEqual([]);
    expect(chaptersOf(inputs([MINUTE, typed('kubectl get nodes')]))).toEqual([]);
  });
});
