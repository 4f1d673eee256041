/** What the API server must know of a custom resource besides what it knows of every resource. */
import type { Typed } from '../apply/typed';
import type { KindTable } from '../printers/printer';
import type { KubeObject, Scale } from '../types';
import type { JsonSchema } from './json-schema';

/** How many replicas an object has, and where it says so. */
export interface CustomScale {
  /** The Scale of an object; without replicas where the object says nothing of them. */
  scaleOf(object: KubeObject): Scale;
  /** A path such as `.spec.replicas`. */
  readonly replicasPath: string;
  /** The object with so many replicas. */
  withReplicas(object: object, replicas: number | undefined): object;
}

/** One version of it. */
export interface CustomResource {
  readonly listKind: string;
  /** What OpenAPI tells of it; null: the definition has none. */
  readonly schema: JsonSchema | null;
  /**
   * What a client sent in this version, without what its schema does not know and with its defaults, or why it cannot be one.
   * `unknown` are the paths of fields that went.
   */
  decode(
    object: KubeObject,
  ): { readonly object: KubeObject; readonly unknown: readonly string[] } | { readonly error: string };
  /** An object as it lies in etcd, in the version that is stored today, pruned and with defaults. */
  fromEtcd(object: KubeObject): KubeObject;
  /** An object of this version as it goes to etcd, without what the stored version does not know. */
  toEtcd(object: KubeObject): KubeObject;
  /** How server-side apply owns a whole object, or the configuration of one. */
  type(whole: boolean): Typed;
  /** @param now - virtual microseconds, for ages */
  table(objects: readonly KubeObject[], now: number): KindTable;
  /** Absent: it has no scale. */
  readonly scale?: CustomScale;
  /** Told with every answer. */
  readonly warnings: readonly string[];
  /** Its definition is being deleted: nothing is created. */
  readonly terminating: boolean;
  /** Why its objects cannot be served in this version; null: they can. */
  readonly unconvertible: string | null;
}
