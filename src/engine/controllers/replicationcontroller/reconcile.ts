/**
 * Keeps as many pods as a ReplicationController asks for: the ReplicaSet controller with another kind.
 *
 * @source kubernetes pkg/controller/replication/replication_controller.go, conversion.go
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { Pod, ReplicaSet, ReplicationController } from '#engine/api/types';
import type { Plan, Situation, View } from '#engine/client/plan';
import { NOTHING } from '#engine/client/plan';
import { splitKey } from '../keys';
import { claim } from '../ownership';
import { replicasPlan } from '../replicaset/reconcile';
import { updateStatus } from '../steps';

export function reconcileReplicationController(view: View, key: string, situation: Situation): Plan {
  const { namespace, name } = splitKey(key);
  const given = view.get('ReplicationController', namespace, name);
  if (given === undefined) return NOTHING;
  const owner = asReplicaSet(given);
  const { selector } = owner.spec;
  const orphans = view.orphans('Pod', namespace);
  const matches = (pod: Pod): boolean => matchesSelector(selector, pod.metadata.labels);
  const claimed = claim(owner, matches, [...view.ownedBy('Pod', given.metadata.uid), ...orphans]);
  // Its status does not tell of pods that are ending.
  return replicasPlan(view, owner, claimed, situation, ({ terminatingReplicas: _none, ...status }) =>
    updateStatus({ ...given, status }),
  );
}

function asReplicaSet({ spec, status, ...rest }: ReplicationController): ReplicaSet {
  const { replicas = 1, minReadySeconds = 0, selector = {}, template = {} } = spec ?? {};
  return {
    ...rest,
    spec: { replicas, minReadySeconds, selector: { matchLabels: selector }, template },
    status: { replicas: 0, ...status },
  } as unknown as ReplicaSet;
}
