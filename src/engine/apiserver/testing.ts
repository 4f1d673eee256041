/** An API server with its etcd, and a client that asks it things, for tests. */
import '#engine/api/late-api';
import './late-answers';
import type { KubeObject } from '#engine/api/types';
import { etcd } from '#engine/etcd/etcd';
import type { EtcdState } from '#engine/etcd/state';
import { TestWorld } from '#engine/etcd/testing';
import type { Message, ProcessDefinition } from '#engine/kernel/process';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import { kubeApiserver } from './apiserver';
import type { ApiServerArgs, ApiServerState } from './state';
import { sizeOf } from './storage';
import { type ApiRequest, type ApiResponse, certified, type Method, type WatchEvent, type WatchEvents } from './wire';

export const ETCD = 'control-plane-1/etcd';
export const APISERVER = 'control-plane-1/kube-apiserver';

/** super-admin.conf: may do everything, whatever the roles say. */
export const SUPER_ADMIN = certified('kubernetes-super-admin', 'system:masters');

export type Asked = Partial<Omit<ApiRequest, 'type' | 'id' | 'method' | 'path'>>;

export class TestApi {
  readonly world: TestWorld;
  #nextId = 1;
  readonly #events = new Map<number, WatchEvent[]>();
  readonly #responses = new Map<number, ApiResponse>();
  readonly closed = new Set<number>();

  constructor(freeze = true, more: Partial<ApiServerArgs> = {}) {
    const args: ApiServerArgs = {
      etcd: ETCD,
      serviceCidr: '10.96.0.0/12',
      advertiseAddress: '192.168.0.11',
      serviceAccountKey: 'key',
      ...more,
    };
    this.world = new TestWorld(
      [
        { name: 'etcd', definition: etcd as ProcessDefinition<never, never>, args: { member: 1 } },
        { name: 'kube-apiserver', definition: kubeApiserver as ProcessDefinition<never, never>, args },
      ],
      freeze,
    );
    this.advance(SECOND);
  }

  get state(): ApiServerState {
    return this.world.stateOf<ApiServerState>(APISERVER);
  }

  get etcdState(): EtcdState {
    return this.world.stateOf<EtcdState>(ETCD);
  }

  /** Sends a request and does not wait. Answers its id. */
  send(method: Method, path: string, body?: unknown, more: Asked = {}): number {
    const id = this.#nextId++;
    const [plain, query] = path.split('?');
    const parameters =
      query === undefined
        ? undefined
        : Object.fromEntries(
            query
              .split('&')
              .map((pair) => [pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))]),
          );
    const request: ApiRequest = {
      type: 'api/request',
      id,
      method,
      path: plain!,
      ...(parameters === undefined ? {} : { query: parameters }),
      ...(body === undefined ? {} : { body }),
      userAgent: 'kubectl',
      credentials: SUPER_ADMIN,
      ...more,
    };
    this.world.send(APISERVER, request);
    return id;
  }

  tell(message: Message): void {
    this.world.send(APISERVER, message);
  }

  /** Runs on and sorts what has come. */
  advance(micros: number): void {
    this.world.advance(micros);
    for (const message of this.world.take()) {
      if (message.type === 'api/response') this.#responses.set((message as ApiResponse).id, message as ApiResponse);
      else if (message.type === 'api/watch-events') {
        const { id: first, ids = [first], events } = message as WatchEvents;
        for (const id of ids) {
          const known = this.#events.get(id);
          if (known === undefined) this.#events.set(id, [...events]);
          else known.push(...events);
        }
      } else if (message.type === 'api/watch-closed') this.closed.add((message as WatchEvents).id);
      else this.others.push(message);
    }
  }

  readonly others: Message[] = [];

  /** Lets go of all that was answered. */
  forget(): void {
    this.#responses.clear();
    this.#events.clear();
  }

  answerTo(id: number): ApiResponse | undefined {
    return this.#responses.get(id);
  }

  /** Asks and waits up to 20 ms for the answer. */
  ask(method: Method, path: string, body?: unknown, more: Asked = {}): ApiResponse {
    const id = this.send(method, path, body, { contentLength: sizeOf(body), ...more });
    for (let i = 0; i < 20; i++) {
      this.advance(MILLISECOND);
      const response = this.answerTo(id);
      if (response !== undefined) return response;
    }
    throw new Error(`no answer to ${method} ${path}`);
  }

  /** Asks, and fails unless the answer is a success. */
  want(method: Method, path: string, body?: unknown, more: Asked = {}): KubeObject & Record<string, never> {
    const response = this.ask(method, path, body, more);
    if (response.code >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(response.body)}`);
    return response.body as KubeObject & Record<string, never>;
  }

  /** Opens a watch; `events` takes what has come since. */
  watch(path: string, more: Asked = {}): { readonly id: number; events(): string[]; raw(): WatchEvent[] } {
    const id = this.send('GET', path, undefined, more);
    this.advance(MILLISECOND);
    const raw = (): WatchEvent[] => {
      this.advance(5 * MILLISECOND);
      const events = this.#events.get(id) ?? [];
      this.#events.set(id, []);
      return events;
    };
    const text = ({ type, object }: WatchEvent): string => {
      const { metadata } = object as KubeObject;
      return type === 'ERROR'
        ? `ERROR ${(object as { message?: string }).message}`
        : `${type} ${metadata?.name ?? ''}`.trim();
    };
    return { id, raw, events: () => raw().map(text) };
  }
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
export const PODS = '/api/v1/namespaces/default/pods';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const MERGE: Asked = { contentType: 'application/merge-patch+json' };
export type Loose = KubeObject & { spec: Record<string, unknown>; status: Record<string, unknown>; data: unknown };

export const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...more },
});
export const pod = (name: string, metadata: object = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }], ...spec },
});
export const deployment = (name: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } },
  },
});
export const names = (body: unknown): string[] =>
  (body as { items: KubeObject[] }).items.map((item) => item.metadata.name);
export const message = (response: ApiResponse): string => (response.body as { message: string }).message;
export const get = (api: TestApi, path: string): Loose => api.want('GET', path) as unknown as Loose;

export function withAccount(more: Partial<ApiServerArgs> = {}): TestApi {
  const api = new TestApi(true, more);
  api.want('POST', '/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  return api;
}
export function bind(api: TestApi, name: string, node: string): ApiResponse {
  return api.ask('POST', `${PODS}/${name}/binding`, {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { kind: 'Node', name: node },
  });
}
