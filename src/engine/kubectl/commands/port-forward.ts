/**
 * `kubectl port-forward`: listens on ports of the laptop and carries each connection to a port of a pod.
 *
 * @source kubernetes kubectl/pkg/cmd/portforward/portforward.go, kubectl/pkg/util/service_port.go, client-go/tools/portforward/portforward.go
 */
import { textOf } from '#engine/api/bytes';
import type { Pod, Service, Status } from '#engine/api/types';
import type { RequestSpec } from '#engine/client/client';
import { type Micros, SECOND } from '#engine/kernel/time';
import { ask, type Call, carried, failed, statusOf, usage, want } from '../call/context';
import { type Doing, type StreamDoing, type StreamEvent, listen, stream } from '../call/effects';
import type { Command } from './command';
import { podsOf } from './streams';

const POD_RUNS_WITHIN: Micros = 60 * SECOND;

interface Forwarded {
  local: number;
  readonly remote: number;
}

export const portForwardCommand: Command = {
  *run(call) {
    const { flags } = call;
    const [word, ...ports] = flags.args;
    if (word === undefined || ports.length === 0)
      throw usage(call, 'TYPE/NAME and list of ports are required for port-forward');
    if (flags.span('pod-running-timeout', POD_RUNS_WITHIN) <= 0)
      throw usage(call, '--pod-running-timeout must be higher than zero');
    const { pods, of } = yield* podsOf(call, word);
    const [chosen] = pods;
    if (chosen === undefined) throw failed('timed out waiting for the condition');
    const numbered = of?.kind === 'Service' ? servicePorts(ports, of as Service, chosen) : podPorts(ports, chosen);
    const path = `/api/v1/namespaces/${chosen.metadata.namespace ?? ''}/pods/${chosen.metadata.name}`;
    const pod = yield* want<Pod>(call, { method: 'GET', path });
    const phase = pod.status?.phase ?? '';
    if (phase !== 'Running') throw failed(`unable to forward port because pod is not running. Current status=${phase}`);
    const addresses = addressesOf(flags.has('address') ? flags.list('address') : ['localhost']);
    const forwarded = numbered.map(parsedPort);
    yield* tryUpgrade(call, path);
    const open: Forwarded[] = [];
    for (const port of forwarded) if (yield* listensOn(call, port, addresses)) open.push(port);
    if (open.length === 0)
      throw failed(
        `unable to listen on any of the requested ports: [${forwarded.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
      );
    const ended = yield* stream(
      null,
      newState(carried(call, { method: 'POST', path: `${path}/portforward`, upgrade: true }), open),
      take,
      { stopsCleanly: true },
    );
    if (ended.lost) throw failed('lost connection to pod');
    return 0;
  },
};

/** `8080:80` as its two halves; more than two count as the first alone, as in upstream's. */
function split(port: string): { readonly local: string; readonly remote: string } {
  const parts = port.split(':');
  const [first = '', second = ''] = parts;
  return parts.length === 2 ? { local: first, remote: second } : { local: first, remote: first };
}

const isNumber = (text: string): boolean => /^[+-]?\d{1,18}$/.test(text);
const joinedPort = (local: string, remote: string): string => (local === remote ? remote : `${local}:${remote}`);

const containerPorts = ({ spec }: Pod) =>
  [
    ...spec.containers,
    ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ].flatMap(({ ports = [] }) => ports);

function namedPort(pod: Pod, name: string): number {
  const found = containerPorts(pod).find((port) => port.name === name);
  if (found === undefined) throw failed(`Pod '${pod.metadata.name}' does not have a named port '${name}'`);
  return found.containerPort;
}

/** Refuses ports that are UDP's alone. */
function refuseUdp(
  all: readonly { readonly number: number; readonly protocol?: string | undefined }[],
  asked: readonly { readonly text: string; readonly number: number }[],
): void {
  const isServed = (number: number, protocol: string): boolean =>
    all.some((port) => port.number === number && (port.protocol ?? 'TCP') === protocol);
  for (const { text, number } of asked)
    if (isServed(number, 'UDP') && !isServed(number, 'TCP')) throw failed(`UDP protocol is not supported for ${text}`);
}

function podPorts(ports: readonly string[], pod: Pod): string[] {
  const all = containerPorts(pod).map(({ containerPort, protocol }) => ({ number: containerPort, protocol }));
  const remotes = ports.map((port) => split(port).remote);
  refuseUdp(
    all,
    remotes.map((text) => ({ text, number: isNumber(text) ? Number(text) : namedPort(pod, text) })),
  );
  return ports.map((port) => {
    const { local, remote } = split(port);
    if (remote === '') throw failed('remote port cannot be empty');
    const number = isNumber(remote) ? remote : String(namedPort(pod, remote));
    return local === remote ? number : `${local}:${number}`;
  });
}

function servicePorts(ports: readonly string[], service: Service, pod: Pod): string[] {
  const { name } = service.metadata;
  const all = service.spec.ports ?? [];
  const numberOf = (text: string): number => {
    if (isNumber(text)) return Number(text);
    const found = all.find((port) => port.name === text);
    if (found === undefined) throw failed(`Service '${name}' does not have a named port '${text}'`);
    return found.port;
  };
  refuseUdp(
    all.map(({ port, protocol }) => ({ number: port, protocol })),
    ports.map((port) => ({ text: split(port).remote, number: numberOf(split(port).remote) })),
  );
  return ports.map((port) => {
    const { local, remote } = split(port);
    const number = numberOf(remote);
    const isHeadless = service.spec.clusterIP === 'None';
    const found = isHeadless ? { targetPort: number } : all.find((one) => one.port === number);
    if (found === undefined) throw failed(`Service ${name} does not have a service port ${number}`);
    const target = found.targetPort;
    const reached =
      typeof target === 'string' && !isNumber(target) ? namedPort(pod, target) : Number(target ?? 0) || number;
    return joinedPort(!isNumber(remote) && local === remote ? String(number) : local, String(reached));
  });
}

/** A port as Go's ParseUint reads it, of 16 bits. */
function portNumber(text: string, which: 'local' | 'remote'): number {
  const wrong = (why: string) =>
    failed(`error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^\d+$/.test(text)) throw wrong('invalid syntax');
  if (Number(text) > 65_535) throw wrong('value out of range');
  return Number(text);
}

function parsedPort(port: string): Forwarded {
  const parts = port.split(':');
  const [first = '', second = first] = parts;
  if (parts.length > 2) throw failed(`invalid port format '${port}'`);
  const local = portNumber(parts.length === 2 && first === '' ? '0' : first, 'local');
  const remote = portNumber(second, 'remote');
  if (remote === 0) throw failed('remote port must be > 0');
  return { local, remote };
}

interface Address {
  readonly text: string;
  /** What was asked for as `localhost` may fail on one of its two addresses. */
  readonly mustListen: boolean;
}

function addressesOf(given: readonly string[]): readonly Address[] {
  const found = new Map<string, Address>();
  for (const text of given) {
    if (text === 'localhost') {
      for (const own of ['127.0.0.1', '::1']) if (!found.has(own)) found.set(own, { text: own, mustListen: false });
    } else if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text) || /^[0-9a-f:]*:[0-9a-f:]*$/i.test(text))
      found.set(text, { text, mustListen: true });
    else throw failed(`${text} is not a valid IP`);
  }
  return [...found.values()].sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** Asks for no port: all who have a say in it answer, and the kubelet at last refuses the port. */
function* tryUpgrade(call: Call, path: string): Doing<void> {
  const reply = yield* ask(call, { method: 'POST', path: `${path}/portforward`, query: { ports: '' }, upgrade: true });
  if (reply.code === 400 && typeof reply.body === 'string' && reply.body.startsWith('unable to parse')) return;
  throw failed(`error upgrading connection: ${statusOf(reply).message ?? ''}`);
}

const endpoint = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;

/** @returns whether somebody listens for it */
function* listensOn({ kubectl }: Call, port: Forwarded, addresses: readonly Address[]): Doing<boolean> {
  const errors: string[] = [];
  let listening = 0;
  let isRefused = false;
  for (const { text, mustListen } of addresses) {
    const answer = yield* listen(text, port.local);
    if (typeof answer === 'number') {
      port.local = answer;
      if (!mustListen) listening++;
      kubectl.out(`Forwarding from ${endpoint(text, answer)} -> ${port.remote}\n`);
      continue;
    }
    const family = text.includes(':') ? 'tcp6' : 'tcp4';
    errors.push(`unable to create listener: Error listen ${family} ${endpoint(text, port.local)}: ${answer}`);
    isRefused ||= mustListen;
  }
  const isWithoutLocal = addresses.some(({ mustListen }) => !mustListen) && listening === 0;
  if (errors.length === 0 || (!isRefused && !isWithoutLocal)) return true;
  kubectl.err(
    `Unable to listen on port ${port.local}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`,
  );
  return false;
}

interface Connection {
  readonly port: Forwarded;
  open: boolean;
  /** What came before the request was upgraded. */
  early: string;
  ended: boolean;
  /** What its error stream has told. */
  error: string;
}

interface ForwardState {
  /** What each connection asks for, but for its port. */
  readonly spec: RequestSpec;
  readonly ports: readonly Forwarded[];
  readonly connections: Map<number, Connection>;
  lost: boolean;
}

const newState = (spec: RequestSpec, ports: readonly Forwarded[]): ForwardState => ({
  spec,
  ports,
  connections: new Map(),
  lost: false,
});

function take(state: ForwardState, event: StreamEvent, doing: StreamDoing): boolean {
  if (event.type === 'connected') {
    const port = state.ports.find(({ local }) => local === event.port)!;
    doing.out(`Handling connection for ${port.local}\n`);
    state.connections.set(event.connection, { port, open: false, early: '', ended: false, error: '' });
    doing.carry(event.connection, { ...state.spec, query: { ports: String(port.remote) } });
    return false;
  }
  if (event.type !== 'said' && event.type !== 'received') return false;
  const { connection: number = -1 } = event;
  const connection = state.connections.get(number);
  if (connection === undefined) return false;
  if (event.type === 'said') return said(state, number, connection, event.message, doing);
  if (connection.open) doing.forward(number, event.data, event.end);
  else {
    connection.early += event.data;
    connection.ended ||= event.end;
  }
  return false;
}

type Said = Extract<StreamEvent, { type: 'said' }>['message'];

/** @returns whether the connection to the pod is lost, and with it everything */
function said(state: ForwardState, number: number, connection: Connection, message: Said, doing: StreamDoing): boolean {
  switch (message.type) {
    case 'api/response':
      if (message.streaming === true) {
        connection.open = true;
        if (connection.early !== '' || connection.ended) doing.forward(number, connection.early, connection.ended);
        return false;
      }
      connection.error = (message.body as Status | null)?.message ?? String(message.body);
      return closed(state, number, connection, doing);
    case 'api/stream-chunk':
      if (message.channel === 0) doing.reply(number, message.data, false);
      else connection.error += textOf(message.data);
      return false;
    default:
      return closed(state, number, connection, doing);
  }
}

function closed(state: ForwardState, number: number, { port, error }: Connection, doing: StreamDoing): boolean {
  state.connections.delete(number);
  doing.drop(number);
  doing.reply(number, '', true);
  if (error === '') return false;
  const why = `an error occurred forwarding ${port.local} -> ${port.remote}: ${error}`;
  doing.err(`E1121 00:00:00.000000       1 portforward.go:424] "Unhandled Error" err=${JSON.stringify(why)}\n`);
  state.lost = true;
  return true;
}
