import { expect, it } from 'vitest';
import { controllerAccounts } from '#engine/apiserver/authorization/default-roles';
import { situation, viewOfObjects } from '../testing/view';
import { meta } from '../testing/builders';
import { controllers } from '../registry';
import { controllerAccountsMaker as controller } from './accounts';

const made = (...existing: readonly string[]): readonly string[] => {
  const objects = existing.map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: meta('ServiceAccount', name, { namespace: 'kube-system' }),
  }));
  const { steps } = controller.reconcile(viewOfObjects(objects), 'kube-system', situation());
  return steps.flatMap((step) => (step.op === 'create' ? [step.object.metadata?.name ?? ''] : []));
};

// What `kubectl get serviceaccounts -n kube-system` lists after `kubeadm init`, without default and those of the add-ons.
const OF_KUBEADM = `attachdetach-controller bootstrap-signer certificate-controller clusterrole-aggregation-controller
  cronjob-controller daemon-set-controller deployment-controller disruption-controller endpoint-controller
  endpointslice-controller endpointslicemirroring-controller ephemeral-volume-controller expand-controller
  generic-garbage-collector horizontal-pod-autoscaler job-controller legacy-service-account-token-cleaner
  namespace-controller node-controller persistent-volume-binder pod-garbage-collector pv-protection-controller
  pvc-protection-controller replicaset-controller replication-controller resource-claim-controller
  resourcequota-controller root-ca-cert-publisher service-account-controller service-cidrs-controller
  statefulset-controller token-cleaner ttl-after-finished-controller ttl-controller
  validatingadmissionpolicy-status-controller volumeattributesclass-protection-controller`.split(/\s+/);

it('the controllers have the accounts that they have upstream', () => {
  expect(made()).toEqual(OF_KUBEADM);
});

it('makes only those that are missing', () => {
  expect(made(...OF_KUBEADM.filter((name) => name !== 'job-controller'))).toEqual(['job-controller']);
  expect(made(...OF_KUBEADM)).toEqual([]);
});

it('every controller acts as an account that there is', () => {
  const accounts = controllers
    .filter(({ credentials }) => credentials === undefined)
    .flatMap(({ serviceAccount, component }) => (serviceAccount === null ? [] : (serviceAccount ?? component)));
  expect(accounts.filter((name) => !OF_KUBEADM.includes(name))).toEqual([]);
  expect(controllerAccounts()).toContain('deployment-controller');
});
