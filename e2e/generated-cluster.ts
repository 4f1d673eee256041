/**
 * A cluster that nobody runs: in place of the engine's worker something that sends frames of as many machines and pods as are asked
 * for, with as many changes a second. It runs in the page, by `page.addInitScript(generateCluster, wanted)`, so it uses nothing from outside.
 */

export interface Wanted {
  readonly nodes: number;
  readonly pods: number;
  readonly zones: number;
  readonly changesPerSecond: number;
  /** Rows of the event log that there are at once, and that come: requests and lines of logs in turn. */
  readonly rows?: number;
  readonly rowsPerSecond?: number;
}

declare global {
  /** How long the page worked at each batch of changes, in milliseconds. */
  var batchesMs: number[];
}

export function generateCluster({ nodes, pods, zones, changesPerSecond, rows = 0, rowsPerSecond = 0 }: Wanted): void {
  const FRAME_MS = 16;
  const RUNNING = ['running', 'Running', true] as const;
  const STATES = [
    RUNNING,
    ['', 'ContainerCreating', false],
    ['', 'Running', false],
    ['', 'CrashLoopBackOff', false],
  ] as const;
  let revision = 0;
  const noCursor = {
    revision: 0,
    write: 0,
    renewal: 0,
    log: 0,
    answer: 0,
    etcdctlAnswer: 0,
    printed: 0,
    machines: 0,
    event: 0,
  };
  const times = { createdAt: 0, deletionAt: null };

  const podOf = (index: number, generation: number, state: number): object => {
    const app = `app-${index % 40}`;
    const [, status, ready] = STATES[state % STATES.length]!;
    const name = `${app}-${index}-${generation}`;
    const node = `node-${(index % nodes) + 1}`;
    return {
      ...{ uid: name, kind: 'Pod', namespace: 'default', name, ...times, labels: { app }, owner: null, node, status },
      ...{ phase: 'Running', ready, readyContainers: ready ? 1 : 0, containers: 1, restarts: 0, ip: '10.244.0.1' },
      ...{ images: ['nginx:1.27'], app: `Deployment/default/${app}`, message: null },
    };
  };
  const generations = new Uint32Array(pods);
  const states = new Uint8Array(pods);
  const uidOf = (index: number): string => `app-${index % 40}-${index}-${generations[index]!}`;
  const nameOf = (at: number): string => (at === 0 ? 'control-plane-1' : `node-${at}`);

  const nodeOf = (at: number, asBegun: boolean): object => {
    const name = nameOf(at);
    const ready = !asBegun && at > 0 && at % 97 === 0 ? 'Unknown' : 'True';
    const perNode = Math.round(pods / nodes);
    return {
      ...{ uid: `node/${name}`, kind: 'Node', namespace: '', name, ...times, labels: {}, owner: null, ready },
      ...{ unschedulable: false, taints: [], allocatable: { milliCpu: 4000, memory: 8 * 2 ** 30, pods: 110 } },
      requested: { milliCpu: 900 + ((at * 37) % 2600), memory: (1 + ((at * 13) % 6)) * 2 ** 30, pods: perNode },
      ...{ podCIDR: `10.244.${at % 256}.0/24`, internalIP: '192.168.0.1', roles: [], lastHeartbeat: 0, conditions: [] },
    };
  };
  const machineOf = (at: number, asBegun: boolean): object => {
    const sandboxes = [];
    for (let index = at - 1; at > 0 && index < pods; index += nodes)
      sandboxes.push({ podUid: uidOf(index), namespace: 'default', name: uidOf(index), running: 1, containers: 1 });
    return {
      ...{
        name: nameOf(at),
        role: at === 0 ? 'control-plane' : 'worker',
        zone: `zone-${'abcdef'[at % zones]!}`,
        rack: 'rack',
      },
      ...{
        power: !asBegun && at > 0 && at % 194 === 0 ? 'off' : 'on',
        bootedAt: 0,
        cable: { in: true, out: true },
        milliCpu: 4000,
      },
      ...{ memory: 8 * 2 ** 30, clockSkew: 0, processes: [], sandboxes },
    };
  };

  const status = {
    pace: { type: 'speed', factor: 1 },
    ...{ measuredSpeed: 1, eventsPerSecond: changesPerSecond, seed: 7, scenario: 'generated', resumed: false },
  };
  const frameOf = (now: number, given: object): object => ({
    ...{
      cursor: { ...noCursor, run: 1 },
      full: false,
      now,
      events: revision,
      set: [],
      gone: [],
      machines: [],
      machinesGone: [],
    },
    ...{ countdowns: [], faults: [], writes: [], peerMessages: [], probes: [], logs: [], answers: [], printed: [] },
    ...given,
  });

  /** The rows of the log from number `from` on, one each virtual millisecond before `now`. */
  const rowsOf = (from: number, count: number, now: number): { readonly writes: object[]; readonly logs: object[] } => {
    const writes: object[] = [];
    const logs: object[] = [];
    for (let number = from; number < from + count; number++) {
      const at = now - (from + count - number);
      const process = `node-${(number % nodes) + 1}/kubelet`;
      const [event, name] = [number, uidOf(number % pods)];
      const text = `I kubelet] Updated the status of pod default/${name} for the ${number}th time`;
      const what = { user: 'system:node', verb: 'patch', resource: 'pods', subresource: 'status', code: 200 };
      if (number % 2 === 0) writes.push({ ...what, event, at, from: process, namespace: 'default', name });
      else logs.push({ event, at, process, text });
    }
    return { writes, logs };
  };

  globalThis.batchesMs = [];
  class GeneratedWorker extends EventTarget {
    #timer = 0;
    postMessage(message: { type: string; id?: number; name?: string }): void {
      if (message.type !== 'call') return;
      const value = message.name === 'why' ? { subject: null, reasons: [] } : message.name === 'look' ? [] : null;
      setTimeout(() => this.#tell({ type: 'answer', id: message.id, value }));
      if (message.name === 'start') setTimeout(() => this.#begin());
    }
    #tell(data: object): void {
      this.dispatchEvent(new MessageEvent('message', { data: structuredClone(data) }));
    }
    #begin(): void {
      const set = [];
      for (let at = 0; at <= nodes; at++) set.push(nodeOf(at, true));
      for (let index = 0; index < pods; index++) set.push(podOf(index, 0, 0));
      const machines = Array.from({ length: nodes + 1 }, (_, at) => machineOf(at, true));
      this.#tell({ type: 'frame', status, frame: frameOf(0, { full: true, set, machines }) });
      const broken = Array.from({ length: nodes + 1 }, (_, at) => at).filter((at) => at % 97 === 0);
      const fallen = {
        set: broken.map((at) => nodeOf(at, false)),
        machines: broken.map((at) => machineOf(at, false)),
      };
      this.#tell({ type: 'frame', status, frame: frameOf(1, fallen) });
      const ROWS_AT_ONCE = 2_000;
      for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
        const now = (from + ROWS_AT_ONCE) * 1_000;
        this.#tell({ type: 'frame', status, frame: frameOf(now, rowsOf(from, ROWS_AT_ONCE, now)) });
      }
      const begun = performance.now();
      let sent = 0;
      let told = 0;
      this.#timer = setInterval(() => {
        const now = performance.now() - begun;
        const due = Math.min(2000, Math.floor((now / 1000) * changesPerSecond) - sent);
        if (due <= 0) return;
        sent += due;
        const changed = [];
        for (let count = 0; count < due; count++) {
          const index = (++revision * 7919) % pods;
          states[index]!++;
          changed.push(podOf(index, generations[index]!, states[index]!));
        }
        const at = Math.round((now + rows) * 1000);
        const more = Math.floor((now / 1000) * rowsPerSecond) - told;
        const given = { set: changed, ...rowsOf(rows + told, more, at) };
        told += more;
        const data = structuredClone({ type: 'frame', status, frame: frameOf(at, given) });
        const from = performance.now();
        this.dispatchEvent(new MessageEvent('message', { data }));
        // What the store tells React is done in a microtask after this one.
        queueMicrotask(() => queueMicrotask(() => globalThis.batchesMs.push(performance.now() - from)));
      }, FRAME_MS) as unknown as number;
    }
    terminate(): void {
      clearInterval(this.#timer);
    }
  }
  globalThis.Worker = GeneratedWorker as unknown as typeof Worker;
}
