/** One call of kubectl on the laptop, as plain data: what was asked, how far it has come, what it has printed. */
import type { ManifestDocument } from '#engine/api/manifest-document';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObjectInput, Status } from '#engine/api/types';
import type { Credentials, Method } from '#engine/apiserver/wire';
import type { StreamMessage } from '#engine/client/client';
import type { Message } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';

/** A place in the manifest's text, 1-based, and what is wrong there. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a call has come to. */
export interface KubectlAnswer {
  readonly ticket: string;
  readonly at: Micros;
  readonly ok: boolean;
  /** kubectl's exit code; for plain requests HTTP's status code, 0 when the server could not be reached. */
  readonly code: number;
  /** For plain requests: the body. */
  readonly body: unknown;
  /** What stands on stdout, and on stderr. */
  readonly output: string;
  readonly error: string;
  readonly positions: readonly Position[];
}

/** `kubectl apply -f -` or `kubectl delete -f -` with this text on its standard input. */
export interface ManifestCall extends Message {
  readonly type: 'kubectl/apply' | 'kubectl/delete';
  readonly ticket: string;
  readonly manifest: string;
  readonly namespace: string;
}

/** A plain request of the laptop's user, as `kubectl get --raw` or a page's client would make it. */
export interface RequestCall extends Message {
  readonly type: 'kubectl/request';
  readonly ticket: string;
  readonly method: Method;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly repeated?: Readonly<Record<string, readonly string[]>>;
  readonly upgrade?: true;
  readonly contentType?: string;
  readonly accept?: string;
  readonly body?: unknown;
  readonly bodyError?: string;
  /** Absent: the laptop's own. */
  readonly credentials?: Credentials;
  readonly userAgent?: string;
  /** What the server says is told to the outside (`Said`), as it comes, instead of kept as an answer. */
  readonly streaming?: boolean;
}

/** Whoever asked by a `streaming` call no longer waits. */
export interface CancelCall extends Message {
  readonly type: 'kubectl/cancel';
  /** Its ticket. Absent: all that are open. */
  readonly request?: string;
}

/** Something for a channel of the stream that a `streaming` call has opened. */
export interface StreamDataCall extends Message {
  readonly type: 'kubectl/stream-data';
  readonly ticket: string;
  readonly channel: number;
  /** Bytes: each character is one, 0 to 255. */
  readonly data: string;
  readonly end?: boolean;
}

export type Call = ManifestCall | RequestCall | CancelCall | StreamDataCall;

/** What the API server said to a `streaming` call: its response (of code 0: the connection failed, and why), then, when that is `streaming`, the rest. */
export interface Said {
  /** Null: this kubectl has just begun to live and knows of no call. */
  readonly ticket: string | null;
  readonly at: Micros;
  readonly message: StreamMessage | null;
}

/** One document of a manifest on its way: its object with the namespace filled in, and where its text stands. */
export interface Item {
  readonly object: KubeObjectInput;
  readonly document: ManifestDocument;
  /** Null: the server is still to be asked for it. */
  readonly resource: ItemResource | null;
}

/** What a kind is to the API. Its schema, by which lists are merged, is null where only the server knows the kind. */
export interface ItemResource extends Pick<
  ResourceInfo,
  'group' | 'version' | 'kind' | 'resource' | 'singular' | 'namespaced'
> {
  readonly schema: string | null;
}

export interface ManifestRun {
  readonly ticket: string;
  readonly verb: 'apply' | 'delete';
  /** Of objects that name none. */
  readonly namespace: string;
  items: readonly Item[];
  /** The item under way. */
  position: number;
  /** Patches of this item that the server refused as outdated. */
  conflicts: number;
  /** The patch that was sent last. */
  patch: unknown;
  /** Something went wrong: the exit code will be 1. */
  failed: boolean;
  readonly output: string[];
  readonly errors: string[];
  /** What the server refused: which of `errors` tells it. */
  readonly refusals: { readonly error: number; readonly status: Status }[];
  /** Errors that stand for an object each; warnings do not count. */
  failures: number;
  readonly positions: Position[];
}
