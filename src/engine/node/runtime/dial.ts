/** Who answers on an address of this machine: the services that run in its pods. */
import type { HttpRequest, HttpResponse } from '#engine/apiserver/stream-wire';
import type { Context } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import { accessLine, type HttpAnswer, httpAnswer, type HttpQuestion } from '../programs/http-answer';
import type { ServicePort } from '../programs/program';
import { versionOf, writeTemplate } from './container-log';
import { lateSessions } from './late';
import { componentOn, probeComponent } from './component';
import type { Dial, DialOutcome } from './cri';
import { answer, askerOf } from './messages';
import type { ContainerdState, ContainerRecord, Sandbox } from './state';

/** A program that listens. */
export interface Listener {
  readonly container: ContainerRecord;
  readonly port: ServicePort;
}

const LOOPBACK = '127.0.0.1';
const TIMEOUT: DialOutcome = Object.freeze({ kind: 'timeout' });

export function dial(state: ContainerdState, request: Dial, ctx: Context): void {
  const asker = askerOf(request, ctx);
  const sandboxes = sandboxesAt(state, request.address);
  const later = (after: Micros, outcome: DialOutcome): void =>
    void ctx.after(after, { type: 'runtime/dialled', asker, outcome } as { type: string });
  if (sandboxes.length === 0) return later(request.timeout, TIMEOUT);
  for (const sandbox of sandboxes) {
    for (const id of sandbox.containers) {
      const container = state.containers.get(id);
      if (container !== undefined && probeComponent(state, container, request, ctx)) return;
    }
  }
  const listener = listenerOn(state, sandboxes, request.port, ctx);
  if (listener !== null && request.protocol === 'http') {
    const takes = lateness(state, listener.container, ctx);
    if (takes >= request.timeout) return later(request.timeout, TIMEOUT);
    if (takes > 0) return later(takes, outcomeAt(listener, sandboxes, request, state, ctx));
  }
  answer(asker, { of: 'dial', outcome: outcomeAt(listener, sandboxes, request, state, ctx) }, ctx);
}

/** How much later than usual a container answers. The machine itself opens connections for it, also while it stands still. */
const lateness = (state: ContainerdState, container: ContainerRecord, ctx: Context): Micros =>
  container.frozen === undefined && (ctx.hog()?.loops ?? 0) === 0
    ? 0
    : lateSessions.code.lateness(state, container, ctx);

/** What a connection to one of these pods' ports gives now. */
function outcomeAt(
  listener: Listener | null,
  sandboxes: readonly Sandbox[],
  request: Dial,
  state: ContainerdState,
  ctx: Context,
): DialOutcome {
  if (listener === null) return { kind: 'refused' };
  if (request.protocol !== 'http' || listener.port.protocol === 'tcp') return { kind: 'answered', code: 0 };
  const client = sandboxes[0]?.hostNetwork === true ? request.address : gatewayOf(request.address);
  const question = { method: 'GET', path: request.path, userAgent: 'kube-probe/1.35', client };
  return { kind: 'answered', code: ask(state, listener, question, ctx).code };
}

/** The first address of the machine's range is the bridge's: the machine itself, as its pods see it. */
const gatewayOf = (address: string): string => `${address.slice(0, address.lastIndexOf('.'))}.1`;

/** The program that listens on a port of these pods, for connections or datagrams; null: what comes is refused. */
export function listenerOn(
  state: ContainerdState,
  sandboxes: readonly Sandbox[],
  number: number,
  ctx: Context,
  datagrams = false,
): Listener | null {
  for (const sandbox of sandboxes) {
    for (const id of sandbox.containers) {
      const container = state.containers.get(id);
      const service = container?.service ?? null;
      if (container === undefined || service === null || ctx.monotonic < service.since + service.program.startup)
        continue;
      const port = service.program.ports.find(
        (candidate) => candidate.port === number && (candidate.protocol === 'udp') === datagrams,
      );
      if (port !== undefined) return { container, port };
    }
  }
  return null;
}

/** Asks a program that speaks HTTP; it writes its access log. */
export function ask(
  state: ContainerdState,
  { container, port }: Listener,
  question: HttpQuestion,
  ctx: Context,
): HttpAnswer {
  const { program, since } = container.service!;
  const { hostname: host, served } = container;
  const place = { host, tag: versionOf(container.status.imageRef), now: ctx.now, served };
  const answered = httpAnswer(port, question, ctx.monotonic - since - program.startup, place);
  container.served++;
  const line = accessLine(program.log, question, answered);
  if (line !== '') writeTemplate(state, container, 'stdout', line, ctx);
  return answered;
}

/** A request for a pod of this machine, over the pod network. */
export function serveHttp(state: ContainerdState, request: HttpRequest, ctx: Context): void {
  if (ctx.from === null || request.to === undefined) return;
  const { address, port } = request.to;
  const sandboxes = sandboxesAt(state, address);
  const component = componentOn(state, sandboxes, port);
  if (component !== null) return lateSessions.code.relay(state, component, request, ctx);
  const listener = listenerOn(state, sandboxes, port, ctx);
  const respond = (code: number, body: string, contentType: string): void => {
    const response: HttpResponse = { type: 'http/response', id: request.id, code, body, contentType };
    ctx.send(ctx.from ?? ctx.self, response);
  };
  if (listener === null) return respond(0, '', 'text/plain');
  if (listener.port.protocol !== 'http') return respond(502, 'malformed HTTP response', 'text/plain');
  const query = Object.entries(request.query).map(([name, value]) => `${name}=${value}`);
  const path = query.length === 0 ? request.path : `${request.path}?${query.join('&')}`;
  const { method, userAgent } = request;
  const { code, body, contentType } = ask(
    state,
    listener,
    { method, path, userAgent, client: gatewayOf(address) },
    ctx,
  );
  respond(code, method === 'HEAD' ? '' : body, contentType);
}

export function sandboxesAt(state: ContainerdState, address: string): readonly Sandbox[] {
  const id = state.sandboxByIP.get(address);
  const sandbox = id === undefined ? undefined : state.sandboxes.get(id);
  if (sandbox !== undefined) return [sandbox];
  return [...state.sandboxes.values()].filter(
    (candidate) => candidate.hostNetwork && (candidate.status.ip === address || address === LOOPBACK),
  );
}
