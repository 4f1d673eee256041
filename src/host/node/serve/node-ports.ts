/**
 * NodePorts of the cluster on the loopback address, in place of kube-proxy on the nodes: a TCP connection, or a client's flow of
 * UDP datagrams, goes to one of the ready endpoints of the Service, the way `kubectl port-forward` goes. Which ports there are is read from what the cluster has
 * committed. A port is its own who has it first; one that is taken is reported.
 *
 * @source kubernetes pkg/proxy/iptables/proxier.go, pkg/proxy/topology.go (CategorizeEndpoints)
 */
import { createServer, type Socket } from 'node:net';
import type { EndpointSlice, Service } from '#engine/api/types';
import type { Cursor } from '#engine/cluster/door';
import type { Conductor } from './conductor';
import { DatagramPort } from './datagram-port';
import { connectPod, type PodConnection, type PodEnds } from './pod-connection';

/** A port as `/_sim/state` tells of it. */
export interface NodePortRecord {
  readonly nodePort: number;
  readonly protocol: string;
  readonly namespace: string;
  readonly service: string;
  /** Of the Service's port; empty: it has none. */
  readonly name: string;
  readonly listening: boolean;
  /** Why nobody listens; absent: somebody does, or will in a moment. */
  readonly problem?: string;
  readonly connections: number;
}

/** A port of a Service that should listen. */
interface Wanted {
  readonly nodePort: number;
  readonly protocol: string;
  readonly namespace: string;
  readonly service: string;
  readonly name: string;
}

interface Opened {
  readonly wanted: Wanted;
  /** What listens; null: nothing can. */
  server: { close(): void } | null;
  listening: boolean;
  problem: string | null;
  connections: number;
  /** Connections so far, of those that were free to go to any endpoint. */
  turn: number;
  /** Where each client went last, while it is to go there again. */
  readonly clients: Map<string, Affinity>;
}

interface Endpoint {
  readonly namespace: string;
  readonly pod: string;
  readonly address: string;
  readonly port: number;
}

interface Affinity {
  readonly address: string;
  readonly until: number;
}

const ADDRESS = '127.0.0.1';
const LOOK_EVERY_MS = 200;
const MAX_CONNECTIONS = 1024;
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;
const KEEP_ALIVE_MS = 30_000;
/** A connection on which nothing comes or goes. */
const IDLE_MS = 300_000;
const SERVICE_NAME = 'kubernetes.io/service-name';
const MICROS = 1_000_000;
/** @source kubernetes pkg/apis/core (DefaultClientIPServiceAffinitySeconds) */
const DEFAULT_AFFINITY_S = 10_800;

export class NodePorts {
  readonly #conductor: Conductor;
  readonly #complain: (text: string) => void;
  readonly #timer: NodeJS.Timeout;
  #cursor: Cursor | null = null;
  #seenAt = 0;
  /** Whether Services have changed since the ports were looked at. */
  #changed = false;
  /** Names of Services, and of the EndpointSlices with the Services that they belong to, by uid. */
  readonly #services = new Map<string, { readonly namespace: string; readonly name: string }>();
  readonly #slices = new Map<string, { readonly namespace: string; readonly name: string; readonly of: string }>();
  readonly #open = new Map<string, Opened>();
  readonly #sockets = new Set<Socket>();

  /** @param complain - is told of ports that cannot be had */
  constructor(conductor: Conductor, complain: (text: string) => void) {
    this.#conductor = conductor;
    this.#complain = complain;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { server } of this.#open.values()) server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#open.clear();
  }

  records(): readonly NodePortRecord[] {
    this.#look();
    return [...this.#open.values()]
      .map(({ wanted, listening, problem, connections }) => ({
        ...wanted,
        listening,
        ...(problem === null ? {} : { problem }),
        connections,
      }))
      .sort((a, b) => a.nodePort - b.nodePort);
  }

  /** Listens on the ports that there are, and no others. Connections go on when their Service goes, as they do through conntrack. */
  #look(): void {
    this.#follow();
    if (!this.#changed) return;
    this.#changed = false;
    const wanted = new Map([...this.#services.values()].flatMap((service) => this.#portsOf(service)));
    for (const [key, opened] of this.#open) {
      if (wanted.has(key)) continue;
      this.#open.delete(key);
      opened.server?.close();
    }
    for (const [key, port] of wanted) if (!this.#open.has(key)) this.#open.set(key, this.#listen(port));
  }

  /** Catches up with the cluster. */
  #follow(): void {
    const { engine } = this.#conductor;
    if (this.#cursor !== null && this.#seenAt === engine.now) return;
    const { cursor, full, set, gone } = engine.observe(this.#cursor);
    this.#cursor = cursor;
    this.#seenAt = engine.now;
    if (full) {
      this.#services.clear();
      this.#slices.clear();
    }
    if (full) this.#changed = true;
    for (const { uid, kind, namespace, name, labels } of set) {
      if (kind === 'Service') {
        this.#services.set(uid, { namespace, name });
        this.#changed = true;
      } else if (kind === 'EndpointSlice') {
        this.#slices.set(uid, { namespace, name, of: labels[SERVICE_NAME] ?? '' });
      }
    }
    for (const uid of gone) {
      if (this.#services.delete(uid)) this.#changed = true;
      this.#slices.delete(uid);
    }
  }

  #service({ namespace, name }: { readonly namespace: string; readonly name: string }): Service | null {
    return this.#conductor.engine.object({ kind: 'Service', namespace, name }) as Service | null;
  }

  #portsOf({ namespace, name: service }: { readonly namespace: string; readonly name: string }): [string, Wanted][] {
    const { spec } = this.#service({ namespace, name: service }) ?? {};
    if (spec?.type !== 'NodePort' && spec?.type !== 'LoadBalancer') return [];
    return (spec.ports ?? []).flatMap(({ nodePort = 0, protocol = 'TCP', name = '' }): [string, Wanted][] => {
      if (nodePort === 0) return [];
      return [
        [`${nodePort}/${protocol}/${namespace}/${service}/${name}`, { nodePort, protocol, namespace, service, name }],
      ];
    });
  }

  #listen(wanted: Wanted): Opened {
    const none = { listening: false, connections: 0, turn: 0, clients: new Map<string, Affinity>() };
    const opened: Opened = { wanted, server: null, problem: null, ...none };
    if (wanted.protocol === 'TCP') opened.server = this.#listenForConnections(opened);
    else if (wanted.protocol === 'UDP') opened.server = this.#listenForDatagrams(opened);
    else opened.problem = `${wanted.protocol} is not carried`;
    return opened;
  }

  #listenForConnections(opened: Opened): { close(): void } {
    const options = { allowHalfOpen: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, noDelay: true };
    const server = createServer(options, (socket) => {
      opened.connections++;
      this.#sockets.add(socket);
      socket.once('close', () => {
        opened.connections--;
        this.#sockets.delete(socket);
      });
      this.#carry(socket, opened);
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.once('listening', () => (opened.listening = true));
    server.on('error', (error: NodeJS.ErrnoException) => this.#failed(opened, error));
    server.listen(opened.wanted.nodePort, ADDRESS);
    return server;
  }

  #listenForDatagrams(opened: Opened): { close(): void } {
    return new DatagramPort(ADDRESS, opened.wanted.nodePort, {
      open: (client, ends) => {
        this.#follow();
        const endpoint = this.#choose(opened, client);
        return endpoint === null ? null : this.#connect(endpoint, `${endpoint.port}/UDP`, ends);
      },
      listening: () => void (opened.listening = true),
      failed: (error) => this.#failed(opened, error),
      counted: (flows) => void (opened.connections = flows),
    });
  }

  #failed(opened: Opened, error: NodeJS.ErrnoException): void {
    opened.problem = error.code === 'EADDRINUSE' ? 'another program has it' : error.message;
    const { nodePort, namespace, service, protocol } = opened.wanted;
    const port = protocol === 'TCP' ? nodePort : `${nodePort}/${protocol}`;
    this.#complain(`node port ${port} of the Service ${namespace}/${service} cannot be had: ${opened.problem}`);
  }

  #connect({ namespace, pod }: Endpoint, port: string, ends: PodEnds): PodConnection {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/portforward`;
    return connectPod(this.#conductor, { method: 'GET', path, userAgent: 'kubarium' }, port, ends);
  }

  /** One connection of a client to the endpoint that is chosen for it. */
  #carry(socket: Socket, opened: Opened): void {
    this.#follow();
    const endpoint = this.#choose(opened, socket.remoteAddress ?? '');
    socket.on('error', () => socket.destroy());
    if (endpoint === null) return void socket.resetAndDestroy();
    const pod = this.#connect(endpoint, String(endpoint.port), {
      data(bytes) {
        socket.write(bytes);
        if (socket.writableLength > MAX_UNREAD_BYTES) socket.resetAndDestroy();
      },
      error: () => void socket.resetAndDestroy(),
      closed: () => void socket.end(),
    });
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('data', (data: Buffer) => pod.send(data, false));
    socket.on('end', () => pod.send(Buffer.alloc(0), true));
    socket.once('close', () => pod.cancel());
  }

  #choose(opened: Opened, client: string): Endpoint | null {
    const { wanted, clients, turn } = opened;
    const endpoints = this.#endpointsOf(wanted);
    const { sessionAffinity, sessionAffinityConfig } =
      this.#service({ namespace: wanted.namespace, name: wanted.service })?.spec ?? {};
    const { now } = this.#conductor.engine;
    if (sessionAffinity !== 'ClientIP') clients.clear();
    const last = clients.get(client);
    const kept = last && last.until > now ? endpoints.find(({ address }) => address === last.address) : undefined;
    const chosen = kept ?? endpoints[turn % endpoints.length];
    if (chosen === undefined) return null;
    if (kept === undefined) opened.turn++;
    if (sessionAffinity === 'ClientIP') {
      const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_S;
      clients.set(client, { address: chosen.address, until: now + seconds * MICROS });
    }
    return chosen;
  }

  /** The ready endpoints; without any, those that end and still serve. */
  #endpointsOf({ namespace, service, name, protocol }: Wanted): readonly Endpoint[] {
    const ready: Endpoint[] = [];
    const ending: Endpoint[] = [];
    for (const named of this.#slices.values()) {
      if (named.of !== service || named.namespace !== namespace) continue;
      const subject = { kind: 'EndpointSlice', namespace, name: named.name };
      const slice = this.#conductor.engine.object(subject) as EndpointSlice | null;
      const port = slice?.ports?.find((one) => (one.name ?? '') === name && (one.protocol ?? 'TCP') === protocol)?.port;
      if (slice === null || port === undefined) continue;
      for (const { addresses, conditions, targetRef } of slice.endpoints ?? []) {
        const [address] = addresses;
        if (address === undefined || targetRef?.kind !== 'Pod' || targetRef.name === undefined) continue;
        const endpoint = { namespace: targetRef.namespace ?? namespace, pod: targetRef.name, address, port };
        if (conditions?.ready !== false) ready.push(endpoint);
        else if (conditions.serving === true && conditions.terminating === true) ending.push(endpoint);
      }
    }
    return ready.length > 0 ? ready : ending;
  }
}
