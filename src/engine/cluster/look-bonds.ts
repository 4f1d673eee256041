/** Who watches what at which API server, and whom Services, budgets, policies and autoscalers take. Reads only. */
import { matchesSelector } from '#engine/api/label-selector';
import type { KubeObject } from '#engine/api/types';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import type { Kernel } from '#engine/kernel/kernel';
import { leadingMember, stateOf } from './observe/truth';
import type { Subject } from './records';
import type { BondEntry, Bonds, WatchEntry } from './structure';

/** Whether an object picks pods with these labels: a Service, or what has a selector of pods. */
export function selectsPods(object: KubeObject, pod: KubeObject): boolean {
  if (object.metadata.namespace !== pod.metadata.namespace) return false;
  const { spec } = object as unknown as {
    readonly spec?: { readonly selector?: unknown; readonly podSelector?: unknown };
  };
  const labels = pod.metadata.labels ?? {};
  switch (object.kind) {
    case 'Service': {
      const wanted = Object.entries((spec?.selector ?? {}) as Readonly<Record<string, string>>);
      return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
    }
    case 'PodDisruptionBudget':
      return spec?.selector !== undefined && matchesSelector(spec.selector as object, labels);
    case 'NetworkPolicy':
      return spec?.podSelector !== undefined && matchesSelector(spec.podSelector as object, labels);
    default:
      return false;
  }
}

const TAKES_PODS: ReadonlySet<string> = new Set(['Service', 'PodDisruptionBudget', 'NetworkPolicy']);
/** Pods of one selector that are told. */
const MOST_TAKEN = 200;

const subjectOf = ({ kind, metadata }: KubeObject): Subject => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

interface Scaler {
  readonly spec?: { readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string } };
}

function watchesOf(kernel: Kernel): readonly WatchEntry[] {
  const watches: WatchEntry[] = [];
  for (const process of kernel.processes.values()) {
    for (const [client, watchers] of stateOf(process, kubeApiserver)?.watchers ?? []) {
      const resources = new Set([...watchers.values()].map(({ audience }) => audience.resource));
      if (resources.size > 0) watches.push({ client, server: process.id, resources: [...resources].sort() });
    }
  }
  return watches;
}

/** All of it. A selector looks at the pods of its own namespace only. */
export function bondsOf(kernel: Kernel): Bonds {
  const pods = new Map<string, KubeObject[]>();
  const takers: KubeObject[] = [];
  const bonds: BondEntry[] = [];
  for (const { value } of leadingMember(kernel)?.state.store.live.values() ?? []) {
    const object = value as KubeObject | null;
    if (typeof object !== 'object' || object?.metadata?.uid === undefined) continue;
    const namespace = object.metadata.namespace ?? '';
    if (object.kind === 'Pod') {
      const list = pods.get(namespace);
      if (list) list.push(object);
      else pods.set(namespace, [object]);
    } else if (TAKES_PODS.has(object.kind)) takers.push(object);
    else if (object.kind === 'HorizontalPodAutoscaler') {
      const { kind, name } = (object as unknown as Scaler).spec?.scaleTargetRef ?? {};
      if (kind !== undefined && name !== undefined)
        bonds.push({ how: 'scales', from: subjectOf(object), to: [{ kind, namespace, name }] });
    }
  }
  for (const taker of takers) {
    const taken = (pods.get(taker.metadata.namespace ?? '') ?? []).filter((pod) => selectsPods(taker, pod));
    bonds.push({ how: 'selects', from: subjectOf(taker), to: taken.slice(0, MOST_TAKEN).map(subjectOf) });
  }
  return { watches: watchesOf(kernel), bonds };
}
