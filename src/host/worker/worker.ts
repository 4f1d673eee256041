/** The worker: an engine host with a browser worker's clock, turns and database around it. */
import { apiModels } from '#engine/api/openapi/models';
import type { Action } from '#engine/cluster/door';
import type { Subject } from '#engine/cluster/records';
import { startingCluster } from '#scenarios/starting-clusters';
import { checkpointStore } from './checkpoint-store';
import { EngineHost } from './engine-host';
import type { CallName, ToPage, ToWorker } from './messages';
import type { Look, StartOptions, TimeRequest } from './protocol';

declare const self: DedicatedWorkerGlobalScope;

const post = (message: ToPage): void => self.postMessage(message);

/** Turns without the 4 ms that browsers add to nested timers. */
const turns: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.addEventListener('message', () => turns.shift()?.());
channel.port1.start();

const host = new EngineHost({
  now: () => performance.now(),
  later(delay_ms, call) {
    if (delay_ms > 0) setTimeout(call, delay_ms);
    else {
      turns.push(call);
      channel.port2.postMessage(null);
    }
  },
  frame: (frame, status) => post({ type: 'frame', frame, status }),
  crash: (crash) => post({ type: 'crash', crash }),
  checkpoints: checkpointStore(),
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

const calls: Readonly<Record<CallName, (...args: never[]) => unknown>> = {
  start: (options: StartOptions) => host.start(options),
  prepare: () => host.prepare(),
  step: (unit: 'event' | 'write') => host.step(unit),
  skip: async () => (await host.skip()) ?? { text: '', subject: null },
  input: (action: Action) => host.input(action),
  time: (request: TimeRequest) => host.time(request),
  object: (subject: Subject) => host.engine.object(subject),
  why: async (subject: Subject, absentFrom?: string) => {
    await host.prepare();
    return host.engine.why(subject, absentFrom);
  },
  look: async (what: Look) =>
    what.type === 'inputs' ? host.engine.inputs.slice(what.from) : (await import('./look')).look(host.engine, what),
  laws: () => host.laws(),
  recording: () => host.recording(),
  hash: () => host.engine.hash(),
  resume: () => host.resume(),
};

async function answer(id: number, name: CallName, args: readonly unknown[]): Promise<void> {
  try {
    post({ type: 'answer', id, value: await calls[name](...(args as never[])) });
  } catch (error) {
    post({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) });
  }
}

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case 'call':
      void answer(data.id, data.name, data.args);
      return;
    case 'pace':
      host.setPace(data.pace);
      return;
    case 'hidden':
      host.checkpoint();
  }
});
