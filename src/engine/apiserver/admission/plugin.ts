/** What an admission plug-in is given and what it answers. */
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, Pod, PodSpec, Status } from '#engine/api/types';
import type { First } from '../decision';
import type { Operation } from '../state';
import type { Surroundings } from '../surroundings';

export interface AdmissionRequest {
  readonly operation: Operation;
  readonly verb: 'create' | 'update' | 'delete' | 'connect';
  readonly info: ResourceInfo;
  readonly namespace: string;
  /** For messages: the name, else the generateName, else `Unknown`. */
  readonly shownName: string;
  readonly subresource: string;
  /** What is stored; absent on create. */
  readonly old?: KubeObject;
  /** Of a subresource that takes objects of another kind: that kind's group and version. */
  readonly takes?: Pick<ResourceInfo, 'group' | 'version' | 'kind'>;
}

export type Verdict =
  | { readonly type: 'admit'; readonly object: KubeObject }
  | { readonly type: 'refuse'; readonly status: Status }
  | First
  | { readonly type: 'look-up'; readonly resource: string; readonly namespace: string; readonly name: string };

export type AdmissionPlugin = (request: AdmissionRequest, object: KubeObject, around: Surroundings) => Verdict;

/** Tells the audit log something. What was said first stays. */
export function annotate({ operation: { annotations } }: AdmissionRequest, key: string, value: string): void {
  if (annotations !== null) annotations[key] ??= value;
}

/** Tells the client something besides the answer, once however often the write is decided. */
export function warn({ operation }: AdmissionRequest, text: string): void {
  if (!operation.warnings.includes(text)) operation.warnings.push(text);
}

export const admit = (object: KubeObject): Verdict => ({ type: 'admit', object });
export const refuse = (status: Status): Verdict => ({ type: 'refuse', status });

/** A pod with another spec. Copied first and changed then, which V8 does much quicker than both at once. */
export function withSpec(pod: Pod, spec: PodSpec): Pod {
  const copy = { ...pod };
  copy.spec = spec;
  return copy;
}

/** What comes of an object that passes these plug-ins one after the other. */
export function inTurn(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
  object: KubeObject,
  around: Surroundings,
): Verdict {
  let current = object;
  for (const plugin of plugins) {
    const verdict = plugin(request, current, around);
    if (verdict.type !== 'admit') return verdict;
    current = verdict.object;
  }
  return admit(current);
}
