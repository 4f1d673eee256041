/** The page's end of the wire to the engine worker. */
import type { Frame } from '#engine/cluster/door';
import type { CallName, CallResult, ToPage, ToWorker } from './messages';
import type { Crash, EngineLink, HostStatus } from './protocol';
import { Refusal } from './refusal';

/** Starts the worker. Its engine starts with `start`. */
export function connectEngine(): EngineLink {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'kubarium-engine' });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const frameListeners = new Set<(frame: Frame, status: HostStatus) => void>();
  const crashListeners = new Set<(crash: Crash) => void>();
  let nextId = 0;

  const post = (message: ToWorker): void => worker.postMessage(message);

  const call = <Name extends CallName>(name: Name, ...args: readonly unknown[]): Promise<CallResult<Name>> =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve: (value) => resolve(value as CallResult<Name>), reject });
      post({ type: 'call', id, name, args });
    });

  const settle = (id: number): { resolve(value: unknown): void; reject(error: Error): void } | undefined => {
    const entry = waiting.get(id);
    waiting.delete(id);
    return entry;
  };

  worker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
    switch (data.type) {
      case 'answer':
        return settle(data.id)?.resolve(data.value);
      case 'failed':
        return settle(data.id)?.reject(data.code === undefined ? new Error(data.message) : new Refusal(data.code));
      case 'frame':
        return frameListeners.forEach((listener) => listener(data.frame, data.status));
      case 'crash':
        return crashListeners.forEach((listener) => listener(data.crash));
    }
  });
  // The worker itself broke (its script could not be loaded, memory ran out): no checkpoint is to be had from it.
  worker.addEventListener('error', ({ message }) => {
    const crash: Crash = { message, stack: '', seed: 0, events: 0, report: message, canResume: false };
    crashListeners.forEach((listener) => listener(crash));
  });
  addEventListener('visibilitychange', () => post({ type: 'hidden' }));
  addEventListener('beforeunload', () => post({ type: 'hidden' })); // The earlier the worker hears of it the better.
  addEventListener('pagehide', () => post({ type: 'hidden' }));

  return {
    start: (options) => call('start', options),
    prepare: () => call('prepare'),
    setPace: (pace) => post({ type: 'pace', pace }),
    step: (unit) => call('step', unit),
    skip: () => call('skip'),
    input: (action) => call('input', action),
    time: (request) => call('time', request),
    object: (subject) => call('object', subject),
    objects: () => call('objects'),
    why: (subject, absentFrom) => call('why', subject, absentFrom),
    look: (what) => call('look', what) as Promise<never>,
    laws: () => call('laws'),
    recording: () => call('recording'),
    hash: () => call('hash'),
    keptClusters: () => call('keptClusters'),
    keepAs: (name, moved) => call('keepAs', name, moved),
    removeKept: (key) => call('removeKept', key),
    keptRecording: (key) => call('keptRecording', key),
    resume: () => call('resume'),
    onFrame(listener) {
      frameListeners.add(listener);
      return () => frameListeners.delete(listener);
    },
    onCrash(listener) {
      crashListeners.add(listener);
      return () => crashListeners.delete(listener);
    },
  };
}
