// long: one driver, whose parts all stories use
/**
 * A driver for tests of the whole engine: runs a cluster through a story, acts on it, mirrors what observers are shown, and
 * writes down what happened, one line for each thing worth reading (see `testing-transcript.ts`). Shared data is frozen.
 */
import type { KernelOptions } from '#engine/kernel/run';
import { MILLISECOND, MINUTE, type Micros, SECOND } from '#engine/kernel/time';
import type { ApiResponse } from '#engine/apiserver/wire';
import type { Action, Answer, ClusterSpec, Cursor, Engine, Frame } from './door';
import { newEngine } from './engine';
import './late-code';
import type {
  EventRecord,
  Fault,
  MachineRecord,
  NodeRecord,
  ObjectRecord,
  PodRecord,
  ServiceRecord,
  Subject,
  WorkloadRecord,
} from './records';
import { clock, type Known, transcriptLines } from './testing-transcript';
import { DEFAULT_CLUSTER } from './topology';

export interface StoryOptions extends Partial<ClusterSpec> {
  readonly seed?: number;
  readonly kernel?: Omit<KernelOptions, 'seed' | 'freeze'>;
  /** False: nothing is written down, and a run does not stop for it. */
  readonly recorded?: boolean;
}

/** More events than any story needs between two looks: a loop that spins without time passing. */
const RUNAWAY = 20_000_000;

type Method = Extract<Action, { type: 'request' }>['method'];

export interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
}

export class Story implements Known {
  readonly engine: Engine;
  readonly lines: string[] = [];
  readonly records = new Map<string, ObjectRecord>();
  readonly machines = new Map<string, MachineRecord>();
  readonly answers = new Map<string, Answer>();
  readonly #recorded: boolean;
  #cursor: Cursor | null = null;
  #tickets = 0;

  constructor(engine: Engine, recorded: boolean) {
    this.engine = engine;
    this.#recorded = recorded;
    this.look();
  }

  get now(): Micros {
    return this.engine.now;
  }

  /** Takes in what happened since the last look. */
  look(): Frame {
    const frame = this.engine.observe(this.#cursor);
    this.#cursor = frame.cursor;
    if (this.#recorded) this.lines.push(...transcriptLines(frame, this));
    if (frame.full) {
      this.records.clear();
      this.machines.clear();
    }
    for (const record of frame.set) this.records.set(record.uid, record);
    for (const uid of frame.gone) this.records.delete(uid);
    for (const machine of frame.machines) this.machines.set(machine.name, machine);
    for (const name of frame.machinesGone) this.machines.delete(name);
    for (const answer of frame.answers) this.answers.set(answer.ticket, answer);
    return frame;
  }

  /** Lets so much virtual time pass. */
  run(duration: Micros): void {
    const end = this.now + duration;
    while (this.now < end) this.#step(end, this.#recorded);
    this.look();
  }

  /**
   * Runs until something has become true; asked after each API write, and each `look` of time.
   *
   * @throws Error when it has not within this time
   */
  until(what: string, holds: (story: Story) => boolean, within: Micros = 10 * MINUTE, look: Micros = SECOND): void {
    const end = this.now + within;
    this.look();
    while (!holds(this)) {
      if (this.now >= end) throw new Error(`${what}: not within ${within / SECOND} s; it is ${clock(this.now)}`);
      this.#step(Math.min(end, this.now + look), true);
      this.look();
    }
  }

  act(action: Action): void {
    if (this.#recorded) this.look();
    const at = this.engine.input(action);
    if (this.#recorded) this.lines.push(`${clock(at)} > ${sentenceOf(action)}`);
    this.#step(at, false);
    this.look();
  }

  /** `kubectl apply -f -`, and waits for its answer. */
  apply(manifest: string, namespace?: string): Answer {
    return this.#asked((ticket) => ({
      type: 'apply',
      ticket,
      manifest,
      ...(namespace === undefined ? {} : { namespace }),
    }));
  }

  /** `kubectl delete -f -`, and waits for its answer. */
  delete(manifest: string): Answer {
    return this.#asked((ticket) => ({ type: 'delete', ticket, manifest }));
  }

  /** A plain request of the laptop's user, and its answer. */
  request(method: Method, path: string, options: RequestOptions = {}): Answer {
    return this.#asked((ticket) => ({ type: 'request', ticket, method, path, ...options }));
  }

  /** @returns the fault's id, for `heal` */
  fault(fault: Fault): string {
    const id = `fault ${++this.#tickets}`;
    this.act({ type: 'fault', id, fault });
    return id;
  }

  heal(id: string): void {
    this.act({ type: 'heal', id });
  }

  scale(deployment: string, replicas: number): Answer {
    return this.request('PATCH', `/apis/apps/v1/namespaces/default/deployments/${deployment}/scale`, {
      contentType: 'application/merge-patch+json',
      body: { spec: { replicas } },
    });
  }

  /** The whole object as the API has it. */
  object<Kind>(kind: string, name: string, namespace = 'default'): Kind | null {
    return this.engine.object({ kind, namespace, name } satisfies Subject) as Kind | null;
  }

  /** Those of the control plane left out. */
  get pods(): PodRecord[] {
    return (this.#all('Pod') as PodRecord[]).filter(({ namespace }) => namespace !== 'kube-system');
  }

  get systemPods(): PodRecord[] {
    return (this.#all('Pod') as PodRecord[]).filter(({ namespace }) => namespace === 'kube-system');
  }

  /** Pods of an app (name of the Deployment or of another workload), in order of creation. */
  podsOf(app: string): PodRecord[] {
    return this.pods.filter((pod) => pod.app.endsWith(`/${pod.namespace}/${app}`));
  }

  /** Those that run, are ready and stay. */
  readyPodsOf(app: string): PodRecord[] {
    return this.podsOf(app).filter(
      ({ ready, deletionAt, phase }) => ready && deletionAt === null && phase === 'Running',
    );
  }

  pod(name: string): PodRecord | undefined {
    return this.pods.find((pod) => pod.name === name);
  }

  get nodes(): NodeRecord[] {
    return this.#all('Node') as NodeRecord[];
  }

  node(name: string): NodeRecord {
    return this.#one('Node', name) as NodeRecord;
  }

  deployment(name: string): WorkloadRecord {
    return this.#one('Deployment', name) as WorkloadRecord;
  }

  service(name: string): ServiceRecord {
    return this.#one('Service', name) as ServiceRecord;
  }

  get events(): EventRecord[] {
    return this.#all('Event') as EventRecord[];
  }

  /** Kubernetes Events with this reason, about this kind. */
  eventsOf(kind: string, reason: string): EventRecord[] {
    return this.events.filter((event) => event.reason === reason && event.regarding.kind === kind);
  }

  machine(name: string): MachineRecord {
    const machine = this.machines.get(name);
    if (machine === undefined) throw new Error(`there is no machine ${name}`);
    return machine;
  }

  /** Leaves what was written down so far out of the transcript. */
  forget(): void {
    this.lines.length = 0;
  }

  get transcript(): string {
    return `${this.lines.join('\n')}\n`;
  }

  #all(kind: string): ObjectRecord[] {
    return [...this.records.values()].filter((record) => record.kind === kind);
  }

  #one(kind: string, name: string): ObjectRecord {
    const found = this.#all(kind).find((record) => record.name === name);
    if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
    return found;
  }

  #asked(action: (ticket: string) => Action): Answer {
    const ticket = `ticket-${++this.#tickets}`;
    this.act(action(ticket));
    this.until(`an answer to ${ticket}`, ({ answers }) => answers.has(ticket), 5 * MINUTE, 10 * MILLISECOND);
    return this.answers.get(ticket)!;
  }

  /** On to the next API write, or to a moment. */
  #step(until: Micros, toWrite: boolean): void {
    const result = this.engine.run(until, { events: RUNAWAY, ...(toWrite ? { breakpoint: 'write' } : {}) });
    if (result.stopped === 'budget') throw new Error(`${RUNAWAY} events without an end at ${clock(this.now)}`);
    if (toWrite && this.#recorded) this.look();
  }
}

interface StreamKeepers {
  readonly proxied?: { readonly open: ReadonlyMap<number, unknown> };
  readonly sessions?: ReadonlyMap<number, unknown>;
  readonly running?: ReadonlyMap<number, unknown>;
  readonly connections?: ReadonlyMap<number, unknown>;
  readonly containers?: ReadonlyMap<
    string,
    {
      readonly attached: readonly unknown[] | null;
      readonly log: { readonly followers: readonly unknown[] | null } | null;
    }
  >;
}

/** How many streams the processes keep: API servers, kubelets, runtimes. */
export function openStreams({ engine }: Story): { server: number; kubelet: number; runtime: number } {
  const saved = engine.save().state as {
    readonly kernel: {
      readonly behaviour: {
        readonly machines: readonly { readonly processes: readonly { readonly state: unknown }[] }[];
      };
    };
  };
  const counts = { server: 0, kubelet: 0, runtime: 0 };
  for (const { processes } of saved.kernel.behaviour.machines) {
    for (const { state } of processes) {
      const { proxied, sessions, running, connections, containers } = (state ?? {}) as StreamKeepers;
      counts.server += proxied?.open.size ?? 0;
      counts.kubelet += sessions?.size ?? 0;
      counts.runtime += (running?.size ?? 0) + (connections?.size ?? 0);
      for (const { attached, log } of containers?.values() ?? [])
        counts.runtime += (attached?.length ?? 0) + (log?.followers?.length ?? 0);
    }
  }
  return counts;
}

/** What a streaming request has heard so far. */
export class Heard {
  response: ApiResponse | null = null;
  closed = false;
  readonly channels: string[] = [];

  constructor(
    t: Story,
    ticket: string,
    ask: Omit<Extract<Action, { type: 'request' }>, 'type' | 'ticket' | 'streaming'>,
  ) {
    t.engine.listen((said) => {
      if (said.ticket !== ticket || said.message === null) return;
      const { message } = said;
      if (message.type === 'api/response') this.response = message;
      if (message.type === 'api/watch-closed' || (message.type === 'api/response' && message.streaming !== true))
        this.closed = true;
      if (message.type === 'api/stream-chunk')
        this.channels[message.channel] = (this.channels[message.channel] ?? '') + message.data;
    });
    t.act({ type: 'request', ticket, streaming: true, ...ask });
  }
}

/** A cluster at the start of its story: four workers in two zones unless said otherwise. */
export function story({ seed = 1, kernel = {}, recorded = true, ...cluster }: StoryOptions = {}): Story {
  const engine = newEngine({ ...kernel, seed, freeze: true, cluster: { ...DEFAULT_CLUSTER, ...cluster } });
  return new Story(engine, recorded);
}

/** A story whose nodes are all Ready. */
export function bootedStory(options: StoryOptions = {}): Story {
  const told = story(options);
  const nodes = (options.nodes ?? DEFAULT_CLUSTER.nodes) + (options.controlPlanes ?? 1);
  told.until('all nodes are Ready', (now) => now.nodes.filter(isReadyNode).length === nodes, MINUTE);
  told.run(5 * SECOND);
  told.forget();
  return told;
}

/** Ready, and without the taint of a new node. */
const isReadyNode = ({ ready, taints }: NodeRecord): boolean =>
  ready === 'True' && taints.every(({ key }) => key === 'node-role.kubernetes.io/control-plane');

function sentenceOf(action: Action): string {
  switch (action.type) {
    case 'apply':
    case 'delete':
      return `kubectl ${action.type} -f -`;
    case 'request':
      return `${action.method} ${action.path}${action.body === undefined ? '' : ` ${JSON.stringify(action.body)}`}`;
    case 'cancel':
    case 'stream-data':
    case 'shell':
    case 'shell-input':
    case 'file':
      return action.type;
    case 'etcdctl':
      return `etcdctl ${action.command}`;
    case 'fault': {
      const { type, ...rest } = action.fault;
      return `${type} ${Object.values(rest).flat().join(' ')}`.trim();
    }
    case 'heal':
      return `heal ${action.id}`;
    case 'power-on':
    case 'remove-machine':
      return `${action.type} ${action.machine}`;
    case 'traffic':
      return `traffic ${action.requestsPerSecond}/s ${action.to.name}`;
    case 'configure-scheduler':
      return action.type;
    case 'add-machine':
      return `add-machine ${action.zone ?? ''}`.trim();
  }
}

export interface DeploymentOptions {
  readonly replicas?: number;
  readonly image?: string;
  readonly cpu?: string;
  readonly memory?: string;
  readonly namespace?: string;
  /** More lines of the container, indented by eight blanks; of the Deployment's spec, by two; of the pod's spec, by six. */
  readonly container?: string;
  readonly spec?: string;
  readonly pod?: string;
}

/** A Deployment's manifest as a person would write it. */
export function deployment(name: string, options: DeploymentOptions = {}): string {
  const { replicas = 3, image = 'nginx:1.27', cpu = '100m', memory = '64Mi', namespace = 'default' } = options;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  replicas: ${replicas}
${options.spec ?? ''}  selector:
    matchLabels: {app: ${name}}
  template:
    metadata:
      labels: {app: ${name}}
    spec:
${options.pod ?? ''}      containers:
      - name: server
        image: ${image}
        ports: [{containerPort: 80}]
        resources: {requests: {cpu: ${cpu}, memory: ${memory}}}
${options.container ?? ''}`;
}

/** A Service's manifest for the app of that name. */
export const service = (name: string, namespace = 'default'): string => `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80}]
`;

export const manifests = (...documents: readonly string[]): string => documents.join('---\n');
