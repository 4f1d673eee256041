/** Laws of pods and Services, held against every write. */
import { isPodReady, isPodTerminal, podCondition } from '#engine/api/meta';
import { matchesSelector } from '#engine/api/label-selector';
import { podRequests } from '#engine/api/pod-resources';
import { milliValue, quantityValue } from '#engine/api/quantity';
import type { KubeObject, Pod, Service } from '#engine/api/types';
import type { Subject } from '../records';
import type { Warden } from './law';

const subjectOf = ({ kind, metadata }: KubeObject): Subject => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
const textOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** A pod that is bound stays where it is. */
export const boundOnce = (): Warden => ({
  law: 'bound-once',
  take({ before, after }, _, accuse) {
    if (after?.kind !== 'Pod' || before?.metadata.uid !== after.metadata.uid) return;
    const [was, is] = [(before as Pod).spec.nodeName, (after as Pod).spec.nodeName];
    if (was !== undefined && is !== was)
      accuse(`${textOf(after)} was bound to ${was}, then to ${is ?? 'no node'}`, subjectOf(after));
  },
});

interface Sum {
  milliCpu: number;
  memory: number;
  pods: number;
}

/** The pods that run on a node ask for no more than it has to give. */
export function allocatable(): Warden {
  const sums = new Map<string, Sum>();
  const add = (object: KubeObject | null, sign: 1 | -1): Sum | null => {
    const pod = object?.kind === 'Pod' ? (object as Pod) : null;
    const node = pod?.spec.nodeName;
    if (pod === null || node === undefined || pod.status.phase !== 'Running') return null;
    const { milliCpu, memory } = podRequests(pod);
    const sum = sums.get(node) ?? { milliCpu: 0, memory: 0, pods: 0 };
    sum.milliCpu += sign * milliCpu;
    sum.memory += sign * memory;
    sum.pods += sign;
    sums.set(node, sum);
    return sum;
  };
  return {
    law: 'allocatable',
    take({ before, after }, { sight }, accuse) {
      if ((after ?? before)?.kind !== 'Pod') return;
      add(before, -1);
      const sum = add(after, 1);
      if (sum === null || before === null || (before as Pod).status.phase === 'Running') return;
      const name = (after as Pod).spec.nodeName ?? '';
      const limits = sight.find('Node', '', name)?.status.allocatable;
      if (limits === undefined) return;
      const over =
        sum.milliCpu > milliValue(limits['cpu'])
          ? 'CPU'
          : sum.memory > quantityValue(limits['memory'])
            ? 'memory'
            : sum.pods > quantityValue(limits['pods'])
              ? 'pods'
              : null;
      if (over !== null)
        accuse(`${name} runs ${textOf(after!)} and with it more ${over} than it has`, subjectOf(after!));
    },
  };
}

/** No pod that counts is evicted by the API without the leave of its budgets. @source kubernetes pkg/registry/core/pod/storage/eviction.go */
export const budgets = (): Warden => ({
  law: 'budgets',
  take({ before, after }, { sight }, accuse) {
    if (before?.kind !== 'Pod' || before.metadata.deletionTimestamp !== undefined) return;
    if (after !== null && after.metadata.deletionTimestamp === undefined) return;
    const pod = (after ?? before) as Pod;
    if (podCondition(pod, 'DisruptionTarget')?.reason !== 'EvictionByEvictionAPI' || !isPodReady(before as Pod)) return;
    for (const { metadata, spec, status } of sight.of('PodDisruptionBudget')) {
      if (metadata.namespace !== pod.metadata.namespace || !matchesSelector(spec?.selector, pod.metadata.labels))
        continue;
      if (status?.disruptedPods?.[pod.metadata.name] === undefined)
        accuse(`${textOf(pod)} was evicted without the leave of the budget ${metadata.name}`, subjectOf(pod));
    }
  },
});

/** No two Services have one address. */
export function oneAddress(): Warden {
  const owners = new Map<string, Subject & { readonly uid: string }>();
  const addressesOf = (object: KubeObject | null): readonly string[] =>
    object?.kind === 'Service' ? ((object as Service).spec.clusterIPs ?? []).filter((ip) => ip !== 'None') : [];
  return {
    law: 'one-address',
    take({ before, after }, _, accuse) {
      for (const address of addressesOf(before))
        if (owners.get(address)?.uid === before?.metadata.uid) owners.delete(address);
      for (const address of addressesOf(after)) {
        const { uid } = after!.metadata;
        const owner = owners.get(address);
        if (owner !== undefined && owner.uid !== uid)
          accuse(
            `${address} is the address of ${owner.namespace}/${owner.name} and of ${textOf(after!)}`,
            subjectOf(after!),
          );
        owners.set(address, { ...subjectOf(after!), uid });
      }
    },
  };
}

export const isOverOrGoing = (pod: Pod): boolean => isPodTerminal(pod) || pod.metadata.deletionTimestamp !== undefined;
