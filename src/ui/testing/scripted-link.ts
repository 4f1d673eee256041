/** An `EngineLink` without an engine: plays the made-up story of `StoryWorld`, for tests and `?link=scripted`. */
import type { Action, Answer, Recording, Why } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { SECOND } from '#engine/kernel/time';
import type { Crash, EngineLink, HostStatus, Pace, StartOptions } from '#host/worker/protocol';
import { hostStatus } from './builders';
import { StoryWorld } from './story-world';

export interface ScriptedLink extends EngineLink {
  /** Plays on by virtual µs and sends a frame; for tests, which have no animation frames. */
  advance(by: number): void;
  /** What has been sent to the engine. */
  readonly actions: readonly Action[];
  crash(crash: Crash): void;
}

export interface ScriptOptions {
  readonly workers: number;
  readonly zones: number;
  /** Control-plane machines; absent: one. */
  readonly masters?: number;
  /** Follows animation frames by itself. */
  readonly live: boolean;
  /** Apps that are deployed once the cluster is up: name, replicas, what becomes of them. */
  readonly apps: readonly (readonly [name: string, replicas: number, status: string])[];
}

const MAX_FACTOR = 400;

const answerOf = (ticket: string, at: number, given: Partial<Answer>): Answer => ({
  ticket,
  at,
  ok: true,
  code: 200,
  body: null,
  output: '',
  error: '',
  positions: [],
  ...given,
});

/** Finds the first line that is no `key: value`, list item, separator or comment: enough to try how errors are shown. */
function firstOddLine(manifest: string): number {
  return manifest.split('\n').findIndex((line) => !/^\s*(-|#|$|"?[\w./-]+"?\s*:)/.test(line));
}

function applied(world: StoryWorld, ticket: string, manifest: string): Answer {
  const odd = firstOddLine(manifest);
  if (odd >= 0) {
    const message = `yaml: line ${odd + 1}: could not find expected ':'`;
    const positions = [{ line: odd + 1, column: 1, message }];
    return answerOf(ticket, world.now, {
      ok: false,
      code: 1,
      error: `error: error parsing STDIN: ${message}`,
      positions,
    });
  }
  const lines: string[] = [];
  for (const part of manifest.split(/^---$/m)) {
    const kind = /^kind: *(\S+)/m.exec(part)?.[1];
    const name = /^ {2}name: *(\S+)/m.exec(part)?.[1] ?? '';
    if (kind === 'Deployment') {
      const broken = part.includes('does-not-exist');
      world.deploy(name, Number(/replicas: *(\d+)/.exec(part)?.[1] ?? 1), broken ? 'ImagePullBackOff' : 'Running');
      lines.push(`deployment.apps/${name} created`);
    } else if (kind) lines.push(`${kind.toLowerCase()}/${name} created`);
  }
  return answerOf(ticket, world.now, { code: 0, output: lines.join('\n') });
}

function requested(world: StoryWorld, action: Extract<Action, { type: 'request' }>): Answer {
  const [, namespace = '', plural = '', name = ''] = /namespaces\/([^/]+)\/([^/]+)\/([^/]+)/.exec(action.path) ?? [];
  const spec = (
    action.body as { readonly spec?: { readonly replicas?: number; readonly unschedulable?: boolean | null } }
  ).spec;
  if (action.method === 'DELETE') {
    const target = world.find(plural === 'pods' ? 'Pod' : 'Deployment', namespace, name);
    if (target?.kind === 'Pod') world.deletePod(target.uid);
    else world.scale(name, 0);
  } else if (spec?.replicas !== undefined) world.scale(name, spec.replicas);
  else world.cordon(action.path.split('/').at(-1) ?? '', spec?.unschedulable === true);
  return answerOf(action.ticket, world.now, {});
}

export function createScriptedLink(options: ScriptOptions): ScriptedLink {
  const world = new StoryWorld(options.workers, options.zones, options.masters ?? 1);
  world.after(2 * SECOND, () => {
    for (const [name, replicas, status] of options.apps) world.deploy(name, replicas, status);
  });
  const frameListeners = new Set<Parameters<EngineLink['onFrame']>[0]>();
  const crashListeners = new Set<(crash: Crash) => void>();
  const actions: Action[] = [];
  let pace: Pace = { type: 'speed', factor: 1 };
  let started: StartOptions = { seed: 7, scenario: 'default', resume: false };
  let full = true;

  const factor = (): number => (pace.type === 'paused' ? 0 : pace.type === 'max' ? MAX_FACTOR : pace.factor);
  const status = (): HostStatus =>
    hostStatus({ pace, measuredSpeed: factor(), seed: started.seed, scenario: started.scenario });

  const send = (): void => {
    const taken = world.takeFrame(full);
    full = false;
    for (const listener of frameListeners) listener(taken, status());
  };

  let lastMs = 0;
  const tick = (nowMs: number): void => {
    const passedMs = Math.min(100, nowMs - lastMs);
    lastMs = nowMs;
    world.playTo(world.now + Math.round(passedMs * 1000 * factor()));
    send();
    requestAnimationFrame(tick);
  };

  const stepOnce = async (): Promise<void> => {
    pace = { type: 'paused' };
    world.playTo(world.nextAt());
    send();
  };

  return {
    actions,
    start: async (startOptions) => {
      started = startOptions;
      if (options.live) {
        lastMs = performance.now();
        requestAnimationFrame(tick);
      }
    },
    advance: (by) => {
      world.playTo(world.now + by);
      send();
    },
    crash: (crash) => {
      for (const listener of crashListeners) listener(crash);
    },
    setPace: (next) => {
      pace = next;
      if (!options.live) send();
    },
    step: async () => {
      await stepOnce();
      return null;
    },
    skip: async () => {
      await stepOnce();
      return { text: 'The next thing in the script', subject: null };
    },
    input: async (action) => {
      actions.push(action);
      switch (action.type) {
        case 'apply':
          return applied(world, action.ticket, action.manifest);
        case 'request':
          return requested(world, action);
        case 'fault':
          world.inject(action.id, action.fault);
          return null;
        case 'heal':
          world.heal(action.id);
          return null;
        case 'traffic':
        case 'configure-scheduler':
          return null;
        case 'power-on':
          world.powerOn(action.machine);
          return null;
        case 'add-machine':
          if (action.role !== 'control-plane') world.addWorker(action.zone ?? 'zone-a');
          return null;
        case 'remove-machine':
          world.removeWorker(action.machine);
          return null;
        case 'cancel':
        case 'stream-data':
        case 'shell-input':
        case 'file':
          return null;
        case 'delete':
        case 'etcdctl':
        case 'shell':
          return answerOf(action.ticket, world.now, {
            ok: false,
            code: 1,
            error: 'the script knows no kubectl',
          });
      }
    },
    object: async ({ kind, namespace, name }) => world.find(kind, namespace, name) ?? null,
    why: async (subject) => scriptedWhy(world, subject),
    look: async () => Promise.reject(new Error('the script has no records')),
    laws: async () => ({ since: 0, laws: [] }),
    recording: async (): Promise<Recording> => Promise.reject(new Error('the script has no recording')),
    time: async () => Promise.reject(new Error('the script has no past')),
    hash: async () => 'scripted',
    objects: async () => [],
    keptClusters: async () => [],
    keepAs: async () => true,
    removeKept: async () => true,
    keptRecording: async () => null,
    resume: async () => {},
    prepare: async () => {},
    onFrame: (listener) => {
      frameListeners.add(listener);
      return () => frameListeners.delete(listener);
    },
    onCrash: (listener) => {
      crashListeners.add(listener);
      return () => crashListeners.delete(listener);
    },
  };
}

function scriptedWhy(world: StoryWorld, subject: Subject): Why {
  const at = world.now;
  return {
    subject,
    complete: true,
    reasons: [
      { event: 4, at, actor: 'kubelet', text: `on its node pulls nginx:1.27 (41 MB).`, subject },
      {
        event: 3,
        at: at * 0.98,
        actor: 'kube-scheduler',
        text: '5 nodes, 1 with untolerated taint; node-3 scored 187, node-1 171.',
        subject,
      },
      {
        event: 2,
        at: at * 0.97,
        actor: 'replicaset-controller',
        text: 'wants 6, sees 5 active: created this pod.',
        subject: { kind: 'ReplicaSet', namespace: 'default', name: 'web-6d9f7c' },
      },
      {
        event: 1,
        at: at * 0.2,
        actor: 'you',
        text: 'cut the power of node-2.',
        subject: { kind: 'Machine', namespace: '', name: 'node-2' },
      },
    ],
  };
}
