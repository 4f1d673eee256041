/** The worker: an engine host with a browser worker's clock, turns and database around it. */
import { apiModels } from '#engine/api/openapi/models';
import type { Action } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { startingCluster } from '#scenarios/starting-clusters';
import { checkpointStore } from './checkpoint-store';
import { EngineHost } from './engine-host';
import { runKey } from './kept-clusters';
import type { CallName, ToPage, ToWorker } from './messages';
import type { Look, StartOptions, StepUnit, TimeRequest } from './protocol';
import { Refusal } from './refusal';
import { isOpen, Tabs } from './tabs';

declare const self: DedicatedWorkerGlobalScope;

const post = (message: ToPage): void => self.postMessage(message);

/** To the page, and to those who follow. */
function tell(told: Extract<ToPage, { readonly type: 'frame' | 'crash' }>): void {
  post(told);
  tabs.tell(told);
}

/** Turns without the 4 ms that browsers add to nested timers. */
const turns: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.addEventListener('message', () => turns.shift()?.());
channel.port1.start();

const checkpoints = checkpointStore();
const host = new EngineHost({
  now: () => performance.now(),
  date: () => Date.now(),
  later(delay_ms, call) {
    if (delay_ms > 0) setTimeout(call, delay_ms);
    else {
      turns.push(call);
      channel.port2.postMessage(null);
    }
  },
  frame: (frame, status) => tell({ type: 'frame', frame, status }),
  crash: (crash) => tell({ type: 'crash', crash }),
  checkpoints,
  clusterNamed: startingCluster,
  loadLateCode: async () => {
    await import('#engine/cluster/late-code');
    return import('./travel');
  },
  async loadApiModels() {
    const { models } = await import('./api-models');
    apiModels.provide(models);
  },
});

let options: StartOptions | null = null;
/** The number of a call whose answer nobody wants. */
const NOBODY_WAITS = -1;

/** Starts the run here, unless another tab runs it already: then that one is followed, and told if it is to begin anew. */
async function start(given: StartOptions): Promise<void> {
  options = given;
  if (await tabs.take(runKey(given))) await host.start(given);
  else if (!given.resume) tabs.handOn(NOBODY_WAITS, 'start', [given]);
}

const calls: Readonly<Record<CallName, (...args: never[]) => unknown>> = {
  start,
  prepare: () => host.prepare(),
  step: (unit: StepUnit) => host.step(unit),
  skip: async () => (await host.skip()) ?? { text: '', subject: null },
  input: (action: Action) => host.input(action),
  time: (request: TimeRequest) => host.time(request),
  object: (subject: Subject) => host.engine.object(subject),
  objects: () => host.engine.objects(),
  why: async (subject: Subject, absentFrom?: string) => {
    await host.prepare();
    return host.engine.why(subject, absentFrom);
  },
  look: async (what: Look) => {
    if (what.type === 'inputs') return host.engine.inputs.slice(what.from);
    await host.prepare();
    return (await import('./look')).look(host.engine, what);
  },
  laws: () => host.laws(),
  recording: () => host.recording(),
  hash: () => host.engine.hash(),
  keptClusters: () => checkpoints.list(),
  async keepAs(name: string, moved: boolean) {
    const { key } = host;
    const isKept = await host.keepAs(name, moved);
    if (isKept && host.key !== key) await tabs.move(host.key, name);
    return isKept;
  },
  async removeKept(key: string) {
    if (await isOpen(key)) return false;
    await checkpoints.remove(key);
    return true;
  },
  keptRecording: (key: string) => host.recordingOf(key),
  resume: () => host.resume(),
};

async function carryOut(id: number, name: CallName, args: readonly unknown[]): Promise<ToPage> {
  try {
    return { type: 'answer', id, value: await calls[name](...(args as never[])) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { type: 'failed', id, message, ...(error instanceof Refusal ? { code: error.code } : {}) };
  }
}

const tabs = new Tabs(
  {
    carryOut,
    setPace: (pace) => host.setPace(pace),
    toPage: post,
    everything: () => {
      const all = host.everything();
      return all === null ? null : { type: 'frame', ...all };
    },
    lead: (name, hadLeader) =>
      host.start({ ...options!, ...(name === undefined ? {} : { name }), resume: hadLeader || options!.resume }),
  },
  Math.random().toString(36),
);

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'call':
      if (tabs.follows && data.name !== 'start') tabs.handOn(data.id, data.name, data.args);
      else void carryOut(data.id, data.name, data.args).then(post);
      return;
    case 'pace':
      (tabs.follows ? tabs : host).setPace(data.pace);
      return;
    case 'hidden':
      if (tabs.follows) return;
      host.hide();
  }
});
