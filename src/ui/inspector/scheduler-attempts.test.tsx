import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptRecord, MachineRecord, Subject } from '#engine/cluster/records';
import { type Commands, CommandsContext } from '../state/commands';
import { createUiStore, UiStoreContext } from '../state/store';
import { SchedulerAttempts } from './scheduler-attempts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const ID = 'control-plane-1/kube-scheduler';
let host: HTMLElement;
let root: Root;

beforeEach(() => {
  host = document.createElement('div');
  root = createRoot(host);
});

afterEach(async () => {
  await act(async () => root.unmount());
});

const attempt = (name: string, more: Partial<AttemptRecord>): AttemptRecord => ({
  event: name.length,
  at: 0,
  pod: { namespace: 'default', name, uid: name },
  attempt: 1,
  outcome: 'scheduled',
  node: 'node-2',
  message: '',
  nodes: 4,
  sample: { startIndex: 0, evaluated: 4, feasible: 2, wanted: 4, nominatedOnly: false },
  rejected: [],
  ruledOut: null,
  scores: null,
  tied: 1,
  victims: [],
  ...more,
});

const reason = (record: AttemptRecord): object => ({ event: record.event, at: 5_000_000, attempt: record });

it('tells how long the queues are, and of each attempt where its pod goes or why nowhere', async () => {
  const asked: Subject[] = [];
  const message = '0/4 nodes are available: 4 Insufficient cpu.';
  const reasons = [
    reason(attempt('too-large', { outcome: 'unschedulable', node: null, message })),
    { event: 7, at: 0 },
    reason(attempt('web', {})),
    reason(attempt('urgent', { outcome: 'nominated', message, victims: ['default/low'] })),
  ];
  const link = {
    why: async (subject: Subject) => {
      asked.push(subject);
      return { subject, reasons, complete: false };
    },
  };
  const store = createUiStore();
  const facts = { active: 3, backoff: 1, unschedulable: 2, gated: 1, binding: 4, scheduled: 9, failedAttempts: 5 };
  const machine = { name: 'control-plane-1', processes: [{ id: ID, facts }] } as unknown as MachineRecord;
  store.setState(({ mirror }) => ({ mirror: { ...mirror, machines: new Map([[machine.name, machine]]) } }));
  await act(async () =>
    root.render(
      <UiStoreContext value={store}>
        <CommandsContext value={{ link } as unknown as Commands}>
          <SchedulerAttempts id={ID} />
        </CommandsContext>
      </UiStoreContext>,
    ),
  );
  expect(asked).toEqual([{ kind: 'Process', namespace: '', name: ID }]);
  expect([...host.querySelectorAll('dd')].map((value) => value.textContent)).toEqual([
    ...['3', '1', '2, 1 of them gated', '4', '9', '5'],
  ]);
  const rows = [...host.querySelectorAll('tbody > tr')].map((row) => [...row.children].map((cell) => cell.textContent));
  expect(rows.filter(({ length }) => length === 3)).toEqual([
    ['too-large00:00:05.0', 'fits nowhere', '2 of 4'],
    ['web00:00:05.0', '→ node-2', '2 of 4'],
    ['urgent00:00:05.0', 'nominated to node-2', '2 of 4'],
  ]);
  expect(rows[1]![0]).toContain(message);
  expect(rows[5]![0]).toContain('To make room default/low must leave');
  const [pod] = host.querySelectorAll('tbody button');
  await act(async () => (pod as HTMLElement).click());
  expect(store.getState().selectedKey).toBe('Pod/default/too-large');
});
