/** Whoever changes the cluster: sends requests from the laptop and waits for no answer, since there may be none. */
import type { KubeObject, KubeObjectInput } from '#engine/api/types';
import { collectionPath, objectPath } from '#engine/client/paths';
import type { Collection } from '#engine/client/plan';
import type { Kernel } from '#engine/kernel/kernel';
import type { Action, RecordedInput } from '../door';

type Request = Extract<Action, { type: 'request' }>;
export type Propagation = 'Foreground' | 'Background' | 'Orphan';

export class Person {
  readonly inputs: RecordedInput[] = [];
  readonly #kernel: Kernel;
  #tickets = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  act(action: Action): void {
    this.inputs.push({ at: this.#kernel.input(action), action });
  }

  create(manifest: KubeObjectInput): void {
    this.#ask('POST', collectionPath(manifest.kind as Collection, manifest.metadata?.namespace ?? ''), {
      body: manifest,
    });
  }

  /** A JSON merge patch. */
  change(object: KubeObject, body: unknown, subresource?: string): void {
    this.#ask('PATCH', pathOf(object, subresource), { body, contentType: 'application/merge-patch+json' });
  }

  /** A JSON patch. */
  edit(object: KubeObject, body: readonly object[]): void {
    this.#ask('PATCH', pathOf(object), { body, contentType: 'application/json-patch+json' });
  }

  remove(object: KubeObject, options: { propagationPolicy?: Propagation; gracePeriodSeconds?: number } = {}): void {
    this.#ask('DELETE', pathOf(object), {
      body: { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: object.metadata.uid }, ...options },
    });
  }

  evict(pod: KubeObject): void {
    const { name, namespace } = pod.metadata;
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
    this.#ask('POST', pathOf(pod, 'eviction'), { body });
  }

  #ask(method: Request['method'], path: string, rest: Partial<Request>): void {
    this.act({ type: 'request', ticket: `fuzz-${++this.#tickets}`, method, path, ...rest });
  }
}

const pathOf = ({ kind, metadata }: KubeObject, subresource?: string): string =>
  objectPath(kind as Collection, metadata.namespace ?? '', metadata.name, subresource);
