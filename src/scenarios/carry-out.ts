/** Carries out one step on a cluster and says what came of it. */
import type { Answer } from '#engine/cluster/door';
import { missingOf, nothingDone } from '#engine/cluster/fault-targets';
import type { Fault } from '#engine/cluster/records';
import type { Condition } from './conditions/condition';
import { describeFailure, evaluate } from './conditions/evaluate';
import { isGlob, matchesGlob } from './conditions/glob';
import { formatClock, formatDuration } from './durations';
import type { ExpectedFailure, Manifest, Step, StepAction } from './scenario';
import type { World } from './world';

export interface Outcome {
  readonly ok: boolean;
  readonly output: string;
  readonly error: string;
}

/** Virtual time between two looks at conditions and answers: what is met is seen so much later at most. */
const LOOK_EVERY = 100_000;
/** Between two looks at a cluster while nothing is looked for. */
const WITNESS_EVERY = 1_000_000;
/** A request and its answer may take as long as kubectl's and the client's own timeouts, and no longer. */
const ANSWER_WITHIN = 300_000_000;

const done = (output: string): Outcome => ({ ok: true, output, error: '' });
const failed = (error: string, output = ''): Outcome => ({ ok: false, output, error });

/**
 * @param ticket - unique in the run: what an answer is known by
 * @param files - texts by the paths that manifests name
 */
export function carryOut(step: Step, ticket: string, files: ReadonlyMap<string, string>, world: World): Outcome {
  switch (step.type) {
    case 'apply':
    case 'delete': {
      world.act({ type: step.type, ticket, manifest: textOf(step.manifest, files), namespace: step.namespace });
      return answered(world, ticket, step.fails, ({ ok, output, error }) => ({ ok, output, error }));
    }
    case 'request':
      world.act({ type: 'request', ticket, ...step.request });
      return answered(world, ticket, step.fails, requestOutcome);
    case 'etcdctl':
      world.act({ type: 'etcdctl', ticket, command: step.command });
      return answered(world, ticket, step.fails, ({ ok, output, error }) => ({ ok, output, error }));
    case 'kubectl': {
      const line = /^\s*(?:kubectl|echo|cat|export|cd)\b/.test(step.command) ? step.command : `kubectl ${step.command}`;
      world.act({ type: 'shell', session: 'scenario', ticket, line });
      return answered(world, ticket, step.fails, ({ ok, output, error }) => ({ ok, output, error }));
    }
    case 'fault':
      return beginFault(step.id, step.fault, world);
    case 'heal': {
      if (!world.faults.some(({ id }) => id === step.id))
        return failed(`no fault "${step.id}" is in force${inForce(world)}`);
      world.act({ type: 'heal', id: step.id });
      return done(`${step.id} healed`);
    }
    case 'power-on': {
      const power = world.machines.get(step.machine)?.power;
      if (power === undefined) return failed(noMachine(step.machine, world));
      world.act({ type: 'power-on', machine: step.machine });
      return done(`machine ${step.machine} ${power === 'off' ? 'powered on' : `was ${power} already`}`);
    }
    case 'traffic':
      world.act({ type: 'traffic', to: step.to, requestsPerSecond: step.requestsPerSecond });
      return done(step.name);
    case 'configure-scheduler':
      world.act({ type: 'configure-scheduler', configuration: step.configuration });
      return done(step.name);
    case 'remove-machine':
      return removeMachine(step.machine, world);
    case 'add-machine':
      return addMachine(step, world);
    case 'wait':
      waitFor(world, step.duration);
      return done(`it is ${formatClock(world.now)}`);
    case 'wait-for':
      return waitUntil(step.conditions, step.within, world);
    case 'expect':
      return expectNow(step.conditions, world);
  }
}

function textOf(manifest: Manifest, files: ReadonlyMap<string, string>): string {
  if (manifest.type === 'text') return manifest.text;
  const text = files.get(manifest.path);
  if (text === undefined) throw new Error(`the file ${manifest.path} was not handed in`);
  return text;
}

/** Runs on until there is an answer, and holds it against what was expected. */
function answered(
  world: World,
  ticket: string,
  fails: ExpectedFailure,
  outcomeOf: (answer: Answer) => Outcome,
): Outcome {
  const until = world.now + ANSWER_WITHIN;
  while (world.answer(ticket) === undefined && world.now < until) world.advance(LOOK_EVERY);
  const answer = world.answer(ticket);
  if (answer === undefined) return failed(`no answer within ${formatDuration(ANSWER_WITHIN)}`);
  const outcome = outcomeOf(answer);
  if (fails === null) return outcome;
  if (outcome.ok)
    return failed(`expected to fail${fails === '*' ? '' : ` with "${fails}"`}, but it went well`, outcome.output);
  const asExpected = isGlob(fails) ? matchesGlob(fails, outcome.error.trim()) : outcome.error.includes(fails);
  return asExpected
    ? done(outcome.output + outcome.error)
    : failed(`expected to fail with "${fails}", but: ${outcome.error}`, outcome.output);
}

function requestOutcome({ ok, code, body, output, error }: Answer): Outcome {
  if (ok) return done(body === null || body === undefined ? output : JSON.stringify(body));
  const { message } = (body ?? {}) as { readonly message?: string };
  return failed(error !== '' ? error : `${code} ${message ?? ''}`.trim());
}

function beginFault(id: string, fault: Fault, world: World): Outcome {
  const nothing = missingOf(fault, {
    machines: [...world.machines.values()],
    object: (subject) => world.object(subject),
  });
  if (nothing !== null) return failed(nothing);
  world.act({ type: 'fault', id, fault });
  if (fault.type === 'disk-corrupt' && !world.faults.some((known) => known.id === id))
    return failed(nothingDone(fault));
  return done(`${id}: ${fault.type}`);
}

const noMachine = (name: string, { machines }: World): string =>
  `there is no machine ${name}; there are ${[...machines.keys()].slice(0, 12).join(', ')}${machines.size > 12 ? ', …' : ''}`;

const inForce = ({ faults }: World): string =>
  faults.length === 0 ? '' : `; there are ${faults.map(({ id }) => id).join(', ')}`;

function addMachine({ zone, role }: Extract<StepAction, { type: 'add-machine' }>, world: World): Outcome {
  const before = new Set(world.machines.keys());
  world.act({ type: 'add-machine', role, ...(zone === null ? null : { zone }) });
  const added = [...world.machines.keys()].find((name) => !before.has(name));
  return added === undefined
    ? failed('no machine appeared')
    : done(`machine ${added} added in ${world.machines.get(added)!.zone}`);
}

function removeMachine(machine: string, world: World): Outcome {
  const role = world.machines.get(machine)?.role;
  if (role === undefined) return failed(noMachine(machine, world));
  const isLast = [...world.machines.values()].filter((other) => other.role === role).length === 1;
  if (role === 'laptop' || (role === 'control-plane' && isLast)) {
    return failed(
      `machine ${machine} ${role === 'laptop' ? 'is none of the cluster' : 'is the last control plane'} and stays`,
    );
  }
  world.act({ type: 'remove-machine', machine });
  return done(`machine ${machine} ${world.machines.has(machine) ? 'leaves by kubeadm reset' : 'removed'}`);
}

function waitFor(world: World, duration: number): void {
  const until = world.now + duration;
  while (world.now < until) world.advance(Math.min(WITNESS_EVERY, until - world.now));
}

function waitUntil(conditions: readonly Condition[], within: number, world: World): Outcome {
  const start = world.now;
  for (;;) {
    const failure = firstFailure(conditions, world);
    if (failure === null) return done(`after ${formatDuration(world.now - start)}`);
    if (world.now >= start + within) return failed(`not within ${formatDuration(within)}: ${failure}`);
    world.advance(Math.min(LOOK_EVERY, start + within - world.now));
  }
}

function expectNow(conditions: readonly Condition[], world: World): Outcome {
  const verdicts = conditions.map((condition) => ({ condition, ...evaluate(condition, world) }));
  const failures = verdicts.filter(({ met }) => !met).map(({ condition, seen }) => describeFailure(condition, seen));
  const output = verdicts
    .filter(({ met }) => met)
    .map(({ seen }) => seen)
    .join('\n');
  return failures.length === 0 ? done(output) : failed(failures.join('\n'), output);
}

function firstFailure(conditions: readonly Condition[], world: World): string | null {
  for (const condition of conditions) {
    const { met, seen } = evaluate(condition, world);
    if (!met) return describeFailure(condition, seen);
  }
  return null;
}

/** Runs on until all machines that the cluster starts with are Ready nodes. */
export function waitForNodes(count: number, within: number, world: World): Outcome {
  const until = world.now + within;
  const ready = (): number => world.nodes.filter((node) => node.ready === 'True').length;
  while (ready() < count && world.now < until) world.advance(LOOK_EVERY);
  return ready() >= count
    ? done(`${count} nodes Ready`)
    : failed(`${ready()} of ${count} nodes are Ready after ${formatDuration(within)}`);
}
