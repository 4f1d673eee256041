/**
 * Makes the service accounts of kube-system that the controllers act as, when they start.
 *
 * @source kubernetes cmd/kube-controller-manager (--use-service-account-credentials),
 *   staging/src/k8s.io/controller-manager/pkg/clientbuilder/client_builder_dynamic.go (getOrCreateServiceAccount)
 * @simplified upstream also asks for a token of each, and makes an account that was deleted anew when that expires
 */
import { controllerAccounts } from '#engine/apiserver/authorization/default-roles';
import { type Plan, type View, defineController } from '#engine/client/plan';
import { create } from '../steps';

const NAMESPACE = 'kube-system';

/** Off by default, or for clouds only. @source kubernetes cmd/kube-controller-manager/app/controllermanager.go (ControllersDisabledByDefault) */
const NOT_STARTED: ReadonlySet<string> = new Set([
  'route-controller',
  'selinux-warning-controller',
  'service-controller',
]);

/** Without ClusterRole; kubeadm starts them. */
const OF_BOOTSTRAP = ['bootstrap-signer', 'token-cleaner'];

export const controllerAccountsMaker = defineController({
  name: 'controller-accounts',
  component: 'kube-controller-manager',
  serviceAccount: null,
  watches: ['ServiceAccount'],
  initialMemory: null,
  workers: 1,
  keysFor: () => [],
  initialKeys: () => [NAMESPACE],
  reconcile: reconcileAccounts,
});

function reconcileAccounts(view: View): Plan {
  const names = [...controllerAccounts(), ...OF_BOOTSTRAP]
    .filter((name) => !NOT_STARTED.has(name) && view.get('ServiceAccount', NAMESPACE, name) === undefined)
    .toSorted();
  return {
    steps: names.map((name) =>
      create(
        { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: NAMESPACE } },
        { optional: true },
      ),
    ),
    because: 'the controllers act as service accounts, which are made when they start',
  };
}
