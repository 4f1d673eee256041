/**
 * kubectl on the laptop, as a process: what a person asks for travels from here to the API server over the simulated
 * network, and what came of it is kept for whoever shows it. This file takes calls in and answers out; how one
 * command goes on is in `manifest-run.ts`.
 */
import type { JsonObject } from '#engine/api/json';
import { documentOf, manifestReader, type ManifestDocument } from '#engine/api/manifest-document';
import type { Node } from '#engine/api/types';
import { isLongRunning } from '#engine/apiserver/routes';
import { certified } from '#engine/apiserver/wire';
import {
  type Client,
  type Delivery,
  newClient,
  receive,
  request,
  sendChunk,
  startClient,
  stream,
} from '#engine/client/client';
import { cancelRequest, closeIdle } from '#engine/client/connection';
import { collectionPath } from '#engine/client/paths';
import { type Context, defineProcess, type Message, type ProcessId } from '#engine/kernel/process';
import { appendTo, newRing, type Ring } from '#engine/kernel/ring';
import { type Micros, MILLISECOND, SECOND } from '#engine/kernel/time';
import type { Call, CancelCall, KubectlAnswer, ManifestCall, ManifestRun, RequestCall, Said } from './invocation';
import { errorLines } from './error-text';
import { newTerminals, type StageTag, type TerminalCall, terminals, type TerminalState } from './terminal/session';
import { itemOf } from './manifest-items';
import { continueRun, firstRequest, type NextRequest, type Stage } from './manifest-run';

export interface KubectlArgs {
  readonly server: readonly ProcessId[];
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint?: string;
  /** What the person applies as soon as so many nodes are Ready, and so many of them are marked as control planes. */
  readonly autostart: {
    /** The objects of each. */
    readonly manifests: readonly (readonly JsonObject[])[];
    readonly nodes: number;
    readonly controlPlanes: number;
  };
}

export interface KubectlState {
  readonly client: Client;
  /** Calls under way, by ticket. */
  readonly runs: Map<string, ManifestRun>;
  readonly answers: Ring<KubectlAnswer>;
  /** Requests of streaming calls that are not over, by ticket. */
  readonly streams: Map<string, number>;
  autostart: KubectlArgs['autostart'] | null;
  readonly terminals: TerminalState;
}

interface ItemAnswered extends Message {
  readonly type: 'kubectl/item-answered';
  readonly ticket: string;
  readonly stage: Stage;
}
interface RequestAnswered extends Message {
  readonly type: 'kubectl/request-answered';
  readonly ticket: string;
}
interface LookedForNodes extends Message {
  readonly type: 'kubectl/looked-for-nodes';
}
interface LookForNodes extends Message {
  readonly type: 'kubectl/look-for-nodes';
}
interface RequestStreamed extends Message {
  readonly type: 'kubectl/request-streamed';
  readonly ticket: string;
}
type Tag = ItemAnswered | RequestAnswered | LookedForNodes;

const KEPT_ANSWERS = 256;
const LOOK_AGAIN = 100 * MILLISECOND;
/** Longer than the API server takes for any request that does not run for long. */
const STREAMED_WITHIN: Micros = 70 * SECOND;

export const kubectl = defineProcess<KubectlState, KubectlArgs>({
  kind: 'kubectl',

  start(ctx, { server, endpoint, autostart }) {
    const client = newClient({
      servers: server,
      ...(endpoint === undefined ? null : { endpoint }),
      userAgent: 'kubectl/v1.35.5',
      credentials: certified('kubernetes-admin', 'kubeadm:cluster-admins'),
      measures: true,
      qps: 0,
      burst: 0,
    });
    startClient(client, ctx);
    ctx.tell({ ticket: null, at: ctx.monotonic, message: null } satisfies Said);
    if (autostart.manifests.length > 0) lookForNodes(client, ctx);
    return {
      client,
      runs: new Map(),
      answers: newRing(KEPT_ANSWERS),
      streams: new Map(),
      autostart,
      terminals: newTerminals(),
    };
  },

  handle(state, message, ctx) {
    const deliveries = receive(state.client, message, ctx);
    if (deliveries !== null) return deliveries.forEach((delivery) => take(state, delivery, ctx));
    const call = message as Call | LookForNodes | TerminalCall | StageTag;
    switch (call.type) {
      case 'kubectl/apply':
      case 'kubectl/delete':
        return beginManifest(state, call, ctx);
      case 'kubectl/request':
        return call.streaming === true ? openStream(state, call, ctx) : sendRequest(state, call, ctx);
      case 'kubectl/cancel':
        return cancel(state, call, ctx);
      case 'kubectl/stream-data': {
        const { ticket, channel, data, end = false } = call;
        const id = state.streams.get(ticket);
        return id === undefined ? undefined : sendChunk(state.client, ctx, id, { channel, data, end });
      }
      case 'kubectl/look-for-nodes':
        return lookForNodes(state.client, ctx);
      case 'kubectl/shell':
      case 'kubectl/shell-input':
      case 'kubectl/file':
      case 'kubectl/stage':
        return terminals.code.handle(state, call, ctx);
    }
  },
});

function take(state: KubectlState, delivery: Delivery, ctx: Context): void {
  if ((delivery.type === 'streamed' || delivery.type === 'answer') && delivery.tag.type === 'kubectl/stage')
    return terminals.code.deliver(state, delivery, delivery.tag as StageTag, ctx);
  if (delivery.type === 'streamed') return streamed(state, delivery, ctx);
  if (delivery.type !== 'answer') return;
  const { ok, code, body, warnings } = delivery;
  const tag = delivery.tag as Tag;
  switch (tag.type) {
    case 'kubectl/item-answered': {
      const run = state.runs.get(tag.ticket);
      if (run !== undefined) ask(state, run, continueRun(run, { stage: tag.stage, ok, code, body, warnings }), ctx);
      return;
    }
    case 'kubectl/request-answered': {
      const error = ok ? '' : ((body as { message?: string } | null)?.message ?? '');
      const { ticket } = tag;
      return answer(state, { ticket, at: ctx.monotonic, ok, code, body, output: '', error, positions: [] }, ctx);
    }
    case 'kubectl/looked-for-nodes':
      return afterLook(state, ok ? (body as { items: readonly Node[] }).items : [], ctx);
  }
}

type Begin = Pick<ManifestCall, 'type' | 'ticket' | 'namespace'>;

/** Reads the manifest and begins. What can be known without the server is said at once. */
function beginManifest(state: KubectlState, call: ManifestCall, ctx: Context): void {
  const parsed = manifestReader.code(call.manifest);
  if (parsed.ok) return beginDocuments(state, call, parsed.documents, ctx);
  const run = newRun(call);
  run.errors.push(parsed.error.message);
  run.positions.push(parsed.error);
  run.failed = true;
  finish(state, run, ctx);
}

const newRun = ({ type, ticket, namespace }: Begin): ManifestRun => ({
  ticket,
  namespace,
  verb: type === 'kubectl/apply' ? 'apply' : 'delete',
  items: [],
  position: 0,
  conflicts: 0,
  patch: null,
  failed: false,
  output: [],
  errors: [],
  refusals: [],
  failures: 0,
  positions: [],
});

/** Begins with the first object. */
function beginDocuments(state: KubectlState, call: Begin, documents: readonly ManifestDocument[], ctx: Context): void {
  const run = newRun(call);
  run.items = documents.flatMap((document) => itemOf(run, document));
  if (run.items.length === 0 && !run.failed) {
    run.errors.push(`error: no objects passed to ${run.verb}`);
    run.failed = true;
  }
  state.runs.set(call.ticket, run);
  ask(state, run, firstRequest(run), ctx);
}

function ask(state: KubectlState, run: ManifestRun, next: NextRequest | null, ctx: Context): void {
  if (next === null) return finish(state, run, ctx);
  const tag: ItemAnswered = { type: 'kubectl/item-answered', ticket: run.ticket, stage: next.stage };
  request(state.client, ctx, next.request, tag);
}

function finish(state: KubectlState, run: ManifestRun, ctx: Context): void {
  state.runs.delete(run.ticket);
  answer(
    state,
    {
      ticket: run.ticket,
      at: ctx.monotonic,
      ok: !run.failed,
      code: run.failed ? 1 : 0,
      body: null,
      output: run.output.join('\n'),
      error: errorLines(run).join('\n'),
      positions: [...run.positions],
    },
    ctx,
  );
}

/** A call is over. Each kubectl is a process of its own: it takes its connection with it. */
function answer(state: KubectlState, given: KubectlAnswer, ctx: Context): void {
  closeIdle(state.client, ctx);
  appendTo(state.answers, given);
}

function sendRequest(state: KubectlState, call: RequestCall, ctx: Context): void {
  const { ticket, type: _type, streaming: _streaming, ...spec } = call;
  const tag: RequestAnswered = { type: 'kubectl/request-answered', ticket };
  request(state.client, ctx, spec, tag);
}

/** A request of somebody who hears each thing that the server says to it. */
function openStream(state: KubectlState, call: RequestCall, ctx: Context): void {
  const { ticket, type: _type, streaming: _streaming, ...spec } = call;
  const tag: RequestStreamed = { type: 'kubectl/request-streamed', ticket };
  const { method, path, query } = spec;
  const limited = isLongRunning(method, path, query) ? spec : { ...spec, timeout: STREAMED_WITHIN };
  state.streams.set(ticket, stream(state.client, ctx, limited, tag));
}

function streamed(state: KubectlState, delivery: Extract<Delivery, { type: 'streamed' }>, ctx: Context): void {
  const { message } = delivery;
  const { ticket } = delivery.tag as RequestStreamed;
  ctx.tell({ ticket, at: ctx.monotonic, message } satisfies Said);
  if (state.client.outstanding.has(message.id)) return;
  state.streams.delete(ticket);
  closeIdle(state.client, ctx);
}

function cancel(state: KubectlState, call: CancelCall, ctx: Context): void {
  for (const ticket of call.request === undefined ? [...state.streams.keys()] : [call.request]) {
    const id = state.streams.get(ticket);
    if (id === undefined) continue;
    state.streams.delete(ticket);
    cancelRequest(state.client, ctx, id);
  }
  closeIdle(state.client, ctx);
}

/** The person at the laptop waits for the cluster to come up. */
function lookForNodes(client: Client, ctx: Context): void {
  request(client, ctx, { method: 'GET', path: collectionPath('Node', '') }, { type: 'kubectl/looked-for-nodes' });
}

function afterLook(state: KubectlState, nodes: readonly Node[], ctx: Context): void {
  if (state.autostart === null) return;
  const ready = nodes.filter(({ status }) =>
    status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  const marked = nodes.filter(
    ({ metadata }) => metadata.labels?.['node-role.kubernetes.io/control-plane'] !== undefined,
  );
  if (ready.length < state.autostart.nodes || marked.length < state.autostart.controlPlanes) {
    ctx.after(LOOK_AGAIN, { type: 'kubectl/look-for-nodes' });
    return;
  }
  state.autostart.manifests.forEach((objects, index) => {
    const call = { type: 'kubectl/apply', ticket: `autostart-${index}`, namespace: 'default' } as const;
    beginDocuments(state, call, objects.map(documentOf), ctx);
  });
  state.autostart = null;
}
