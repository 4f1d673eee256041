/** Events about pods and their containers, in the kubelet's name. */
import { recordEvent } from '#engine/client/events';
import type { Context } from '#engine/kernel/process';
import type { ObjectReference, Pod } from '#engine/api/types';
import type { ContainerWork, KubeletState } from './state';

export type EventType = 'Normal' | 'Warning';

export function podEvent(
  state: KubeletState,
  pod: Pod,
  ctx: Context,
  type: EventType,
  reason: string,
  message: string,
  annotations?: Readonly<Record<string, string>>,
): void {
  recordEvent(state.client, state.recorder, ctx, {
    regarding: podReference(pod),
    type,
    reason,
    message,
    ...(annotations === undefined ? null : { annotations }),
  });
}

/** About one container: `fieldPath` names it. */
export function containerEvent(
  state: KubeletState,
  pod: Pod,
  container: ContainerWork,
  ctx: Context,
  type: EventType,
  reason: string,
  message: string,
): void {
  const list =
    container.role === 'regular'
      ? 'containers'
      : container.role === 'ephemeral'
        ? 'ephemeralContainers'
        : 'initContainers';
  const regarding = podReference(pod);
  regarding.fieldPath = `spec.${list}{${container.name}}`;
  recordEvent(state.client, state.recorder, ctx, { regarding, type, reason, message });
}

const podReference = (pod: Pod): { -readonly [Field in keyof ObjectReference]: ObjectReference[Field] } => ({
  kind: 'Pod',
  namespace: pod.metadata.namespace ?? '',
  name: pod.metadata.name,
  uid: pod.metadata.uid,
  apiVersion: 'v1',
  resourceVersion: pod.metadata.resourceVersion,
});

/** `name_namespace(uid)`, as back-off messages name a pod. */
export const podText = (pod: Pod): string =>
  `${pod.metadata.name}_${pod.metadata.namespace ?? ''}(${pod.metadata.uid})`;
export const podSubject = (pod: Pod): { kind: string; namespace: string; name: string; uid: string } => ({
  kind: 'Pod',
  namespace: pod.metadata.namespace ?? '',
  name: pod.metadata.name,
  uid: pod.metadata.uid,
});
