import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AttemptRecord } from '#engine/cluster/records';
import { Verdicts } from './verdicts';

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

let host: HTMLElement;
let root: Root;

beforeEach(() => {
  host = document.createElement('div');
  root = createRoot(host);
});

afterEach(async () => {
  await act(async () => root.unmount());
});

const attempt: AttemptRecord = {
  event: 1,
  at: 0,
  pod: { namespace: 'default', name: 'web', uid: 'u' },
  attempt: 2,
  outcome: 'scheduled',
  node: 'node-2',
  message: '',
  nodes: 4,
  sample: { startIndex: 0, evaluated: 4, feasible: 2, wanted: 4, nominatedOnly: false },
  rejected: [
    { plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint(s)'], count: 2, nodes: ['control-plane-1'] },
  ],
  ruledOut: null,
  scores: {
    nodes: ['node-2', 'node-1'],
    totals: [390, 340],
    plugins: [
      { plugin: 'TaintToleration', weight: 3, raw: [0, 0], normalized: [100, 100] },
      { plugin: 'NodeResourcesFit', weight: 1, raw: [90, 40], normalized: [90, 40] },
    ],
  },
  tied: 1,
  victims: [],
};

const cells = (): string[][] =>
  [...host.querySelectorAll('tr')].map((row) => [...row.children].map((cell) => cell.textContent.trim()));

it('tells scores from raw to weighted, and who turned which node down', async () => {
  await act(async () => root.render(<Verdicts attempt={attempt} />));
  expect(host.querySelector('summary')?.textContent).toBe('Attempt 2: what the plug-ins said');
  expect(host.querySelector('p')?.textContent).toBe('4 of 4 nodes looked at; 2 fit, 4 would have been enough');
  expect(cells()).toEqual([
    ['Node', 'Total', 'TaintToleration ×3', 'NodeResourcesFit ×1'],
    ['node-2', '390', '0 → 100 → 300', '90 → 90 → 90'],
    ['node-1', '340', '0 → 100 → 300', '40 → 40 → 40'],
    ['Plug-in', 'Reason', 'Nodes'],
    ['TaintToleration', 'node(s) had untolerated taint(s)', 'control-plane-1 and 1 more'],
  ]);
  expect(host.querySelector('tr[aria-current="true"] th')?.textContent).toBe('node-2');
});

it('shows no empty table for a pod that only preemption can help', async () => {
  const victims = ['default/low'];
  const failed: AttemptRecord = { ...attempt, outcome: 'nominated', scores: null, rejected: [], tied: 0, victims };
  await act(async () => root.render(<Verdicts attempt={failed} />));
  expect(host.querySelector('table')).toBeNull();
  expect(host.textContent).toContain('To make room default/low must leave');
});
