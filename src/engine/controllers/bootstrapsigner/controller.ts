/**
 * Signs the ConfigMap by which a machine that joins knows the cluster, with every bootstrap token that may sign. The machine has
 * the token, and so can tell that nobody has changed what it was told.
 *
 * @source kubernetes pkg/controller/bootstrap/bootstrapsigner.go, util.go
 */
import { isBootstrapToken, tokenEnd, tokenField } from '#engine/api/bootstrap-token';
import { deepEqual } from '#engine/api/json';
import { keyOf } from '#engine/api/meta';
import type { Secret } from '#engine/api/types';
import { defineController, NOTHING, type Plan, type View } from '#engine/client/plan';
import type { Micros } from '#engine/kernel/time';
import { update } from '../steps';
import { detachedSignature } from './signature';

const CLUSTER_INFO = 'kube-public/cluster-info';
const SIGNATURE = 'jws-kubeconfig-';

export const bootstrapSigner = defineController({
  name: 'bootstrap-signer',
  component: 'bootstrap-signer',
  watches: ['ConfigMap', 'Secret'],
  initialMemory: null,
  workers: 1,
  keysFor: ({ kind, object }) =>
    kind === 'Secret'
      ? isBootstrapToken(object)
        ? [CLUSTER_INFO]
        : []
      : [keyOf(object)].filter((key) => key === CLUSTER_INFO),
  reconcile: (view, _, { now }) => signClusterInfo(view, now),
});

function signClusterInfo(view: View, now: Micros): Plan {
  const stored = view.get('ConfigMap', 'kube-public', 'cluster-info');
  const kubeconfig = stored?.data?.['kubeconfig'];
  if (stored === undefined || kubeconfig === undefined) return NOTHING;
  const data = Object.fromEntries(Object.entries(stored.data ?? {}).filter(([key]) => !key.startsWith(SIGNATURE)));
  for (const secret of view.list('Secret', 'kube-system')) {
    const id = signingId(secret, now);
    if (id !== null) data[SIGNATURE + id] = detachedSignature(kubeconfig, id, tokenField(secret, 'token-secret'));
  }
  return deepEqual(data, stored.data)
    ? NOTHING
    : { steps: [update({ ...stored, data })], because: 'the tokens that sign, or what they sign, have changed' };
}

/** The id of a token that signs; null: it does not. */
function signingId(secret: Secret, now: Micros): string | null {
  const id = tokenField(secret, 'token-id');
  return isBootstrapToken(secret) &&
    /^[a-z0-9]{6}$/.test(id) &&
    secret.metadata.name === `bootstrap-token-${id}` &&
    tokenField(secret, 'token-secret') !== '' &&
    tokenEnd(secret) > now &&
    tokenField(secret, 'usage-bootstrap-signing') === 'true'
    ? id
    : null;
}
