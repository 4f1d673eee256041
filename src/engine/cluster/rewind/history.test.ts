import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND, type Micros } from '#engine/kernel/time';
import type { Action, Engine } from '../door';
import { newEngine } from '../engine';
import '../late-code';
import { deployment, manifests } from '../testing';
import { DEFAULT_CLUSTER } from '../topology';
import { differences, firstDivergence } from './divergence';
import { History } from './history';

const WEB = manifests(deployment('web', { replicas: 4 }));
const POWER_OFF: Action = { type: 'fault', id: 'off', fault: { type: 'power-off', machine: 'node-1' } };
const CORDON: Action = {
  type: 'request',
  ticket: 'cordon',
  method: 'PATCH',
  path: '/api/v1/nodes/node-1',
  contentType: 'application/merge-patch+json',
  body: { spec: { unschedulable: true } },
};

function runTo(engine: Engine, until: Micros): void {
  while (engine.now < until) engine.run(until, { events: Infinity });
}

/** Runs in steps, a checkpoint after each. */
function runKeeping(engine: Engine, history: History, until: Micros, step: Micros): void {
  while (engine.now < until) {
    runTo(engine, Math.min(until, engine.now + step));
    history.keep();
    history.arrives();
  }
}

function rewindable(): { readonly engine: Engine; readonly history: History } {
  const fresh = (): Engine => newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes: 3 }, freeze: true });
  const engine = fresh();
  return { engine, history: new History(engine, fresh, 'main') };
}

/** Up, with an app, and then node-1 loses its power. */
function incident(): ReturnType<typeof rewindable> & { readonly cut: Micros } {
  const { engine, history } = rewindable();
  runKeeping(engine, history, 20 * SECOND, 10 * SECOND);
  engine.input({ type: 'apply', ticket: 'web', manifest: WEB });
  runKeeping(engine, history, MINUTE, 10 * SECOND);
  const cut = engine.input(POWER_OFF);
  runKeeping(engine, history, 3 * MINUTE, 30 * SECOND);
  return { engine, history, cut };
}

/** What a generator comes to. */
function finished<Value>(steps: Generator<undefined, Value>): Value {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

const statusOf = (engine: Engine, name: string): string | undefined =>
  engine.observe(null).machines.find((machine) => machine.name === name)?.power;

describe('a moment of the past', () => {
  it('is as it was, and its future comes again', () => {
    const { engine, history, cut } = incident();
    const [end, hash] = [engine.now, engine.hash()];
    history.seek(cut - 1);
    expect(history.isPast).toBe(true);
    runTo(engine, cut - 1);
    expect(engine.now).toBe(cut - 1);
    expect(statusOf(engine, 'node-1')).toBe('on');
    runTo(engine, cut);
    expect(statusOf(engine, 'node-1')).toBe('off');
    runTo(engine, end);
    expect(history.arrives()).toBe(true);
    expect(history.isPast).toBe(false);
    expect(engine.hash()).toBe(hash);
  });

  it('is left for the present as it was, to the event', () => {
    const { engine, history } = incident();
    engine.run(Infinity, { events: 777 });
    const [now, event, hash] = [engine.now, engine.nextEvent, engine.hash()];
    history.seek(10 * SECOND);
    runTo(engine, 10 * SECOND);
    expect(history.current.end).toBe(now);
    history.toPresent();
    expect(history.isPast).toBe(false);
    expect([engine.now, engine.nextEvent, engine.hash()]).toEqual([now, event, hash]);
  });

  it('in the middle of which a checkpoint was made, with inputs of it still to come, is as it was', () => {
    const { engine, history } = rewindable();
    runTo(engine, 20 * SECOND);
    const at = engine.input(CORDON);
    expect(engine.input(POWER_OFF)).toBe(at);
    while (engine.now < at) engine.run(at, { events: 1 });
    history.keep();
    runTo(engine, 40 * SECOND);
    const hash = engine.hash();
    history.seek(at);
    expect(statusOf(engine, 'node-1')).toBe('on');
    runTo(engine, 40 * SECOND);
    expect([history.arrives(), engine.hash()]).toEqual([true, hash]);
    expect(statusOf(engine, 'node-1')).toBe('off');
  });

  it('ahead of where one looks is run to, not restored', () => {
    const { engine, history } = incident();
    history.seek(11 * SECOND);
    runTo(engine, 15 * SECOND);
    history.seek(17 * SECOND);
    expect(engine.now).toBe(15 * SECOND);
    history.seek(14 * SECOND);
    expect(engine.now).toBeLessThan(14 * SECOND);
  });

  it('before the first checkpoint is played from the start', () => {
    const { engine, history } = rewindable();
    runTo(engine, 30 * SECOND);
    history.seek(SECOND);
    runTo(engine, SECOND);
    const { engine: other } = rewindable();
    runTo(other, SECOND);
    expect(engine.hash()).toBe(other.hash());
  });
});

describe('a branch', () => {
  it('drops what was done later, and leaves its parent as it was', () => {
    const { engine, history, cut } = incident();
    const hash = engine.hash();
    history.seek(cut - 1);
    runTo(engine, cut - 1);
    const branch = history.branch('without');
    expect(engine.inputs.map(({ action }) => action.type)).toEqual(['apply']);
    runTo(engine, 3 * MINUTE);
    expect(statusOf(engine, 'node-1')).toBe('on');
    history.toPresent(1);
    expect(engine.hash()).toBe(hash);
    expect(statusOf(engine, 'node-1')).toBe('off');
    expect(history.tracks.map(({ id, name, end }) => ({ id, name, end }))).toEqual([
      { id: 1, name: 'main', end: 3 * MINUTE },
      { id: branch, name: 'without', end: 3 * MINUTE },
    ]);
  });

  it('can be rewound to before it began, and forgotten', () => {
    const { engine, history, cut } = incident();
    history.seek(cut - 1);
    runTo(engine, cut - 1);
    const branch = history.branch('other');
    engine.input(CORDON);
    runKeeping(engine, history, 2 * MINUTE, 20 * SECOND);
    const hash = engine.hash();
    history.seek(30 * SECOND);
    runTo(engine, 2 * MINUTE);
    expect(history.arrives()).toBe(true);
    expect(engine.hash()).toBe(hash);
    expect(history.remove(branch)).toBe(false);
    const grandchild = history.branch('third');
    expect(history.remove(branch)).toBe(true);
    expect(history.tracks.find(({ id }) => id === grandchild)?.parent).toMatchObject({ track: 1, at: cut - 1 });
    history.seek(90 * SECOND);
    runTo(engine, 2 * MINUTE);
    expect(engine.hash()).toBe(hash);
  });

  it('comes again from its inputs, and so does its parent', () => {
    const before = incident();
    const parentHash = before.engine.hash();
    before.history.seek(before.cut - 1);
    runTo(before.engine, before.cut - 1);
    const branch = before.history.branch('other');
    before.engine.input(CORDON);
    runTo(before.engine, 2 * MINUTE);
    const [hash, saved, kept] = [before.engine.hash(), before.engine.save(), structuredClone(before.history.kept())];

    const { engine } = rewindable();
    engine.restore(saved);
    const history = new History(engine, () => rewindable().engine, 'main', kept);
    expect([history.isPast, history.current.id, history.current.end]).toEqual([false, branch, 2 * MINUTE]);
    history.toPresent(1);
    expect(history.isPast).toBe(true);
    runTo(engine, history.current.end);
    expect(history.arrives()).toBe(true);
    expect(engine.hash()).toBe(parentHash);
    history.toPresent(branch);
    expect(engine.hash()).toBe(hash);
    history.seek(before.cut, 1);
    runTo(engine, before.cut + SECOND);
    expect(statusOf(engine, 'node-1')).toBe('off');
  });

  it('says where it first differs from another, and how', () => {
    const { engine, history, cut } = incident();
    history.seek(cut - SECOND);
    runTo(engine, cut - SECOND);
    const branch = history.branch('cordon first');
    const cordoned = engine.input(CORDON);
    runTo(engine, cut + SECOND);
    engine.input(POWER_OFF);
    runTo(engine, 3 * MINUTE);

    const [a, b] = history.pair(1, branch);
    const { first, commit } = finished(firstDivergence(a, b, [3 * MINUTE, 3 * MINUTE]))!;
    expect(first[1]).toEqual({ at: cordoned, text: 'You sent PATCH /api/v1/nodes/node-1.', subject: null });
    expect(first[0]!.at).toBeGreaterThanOrEqual(cordoned);
    expect(commit![1]).toMatchObject({ text: 'Node node-1 updated' });
    expect(commit![0]!.text).not.toBe(commit![1]!.text);

    const ends = [1, branch].map((id) => history.engineBefore(3 * MINUTE, id)) as [Engine, Engine];
    for (const each of ends) runTo(each, 3 * MINUTE);
    expect(differences(...ends)).toContainEqual({
      subject: { kind: 'Node', namespace: '', name: 'node-1' },
      field: 'cordon',
      sides: ['', 'SchedulingDisabled'],
    });
  });

  it('that does the same as its parent does not differ', () => {
    const { engine, history, cut } = incident();
    history.seek(cut - 1);
    runTo(engine, cut - 1);
    const branch = history.branch('same');
    expect(engine.input(POWER_OFF)).toBe(cut);
    runTo(engine, 3 * MINUTE);
    const [a, b] = history.pair(branch, 1);
    expect(finished(firstDivergence(a, b, [3 * MINUTE, 3 * MINUTE]))).toBeNull();
  });
});
