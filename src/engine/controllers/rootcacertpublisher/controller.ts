/**
 * Puts the certificate of the cluster's own authority into every namespace, so that pods can check whom they talk to.
 *
 * @source kubernetes pkg/controller/certificates/rootcacertpublisher/publisher.go
 * @simplified nothing here speaks TLS: the certificate is a text that says so
 */
import { deepEqual } from '#engine/api/json';
import type { KubeObjectInput } from '#engine/api/types';
import { type Change, NOTHING, type Plan, type View, defineController } from '#engine/client/plan';
import { create, update } from '../steps';

export const ROOT_CA_CERT_CONFIG_MAP = 'kube-root-ca.crt';
const DESCRIPTION_ANNOTATION = 'kubernetes.io/description';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';
/** The certificate of the cluster's own authority. */
export const ROOT_CA =
  '-----BEGIN CERTIFICATE-----\nS3ViYXJpdW0ncyBzaW11bGF0ZWQgY2x1c3RlciBhdXRob3JpdHk=\n-----END CERTIFICATE-----\n';
const DATA = { 'ca.crt': ROOT_CA } as const;

export const rootCaCertPublisher = defineController({
  name: 'root-ca-certificate-publisher',
  component: 'root-ca-cert-publisher',
  watches: ['Namespace', 'ConfigMap'],
  initialMemory: null,
  workers: 1,
  keysFor,
  reconcile: reconcileRootCaCert,
});

function keysFor({ kind, type, object }: Change): readonly string[] {
  if (kind === 'Namespace') return type === 'deleted' ? [] : [object.metadata.name];
  return type !== 'added' && object.metadata.name === ROOT_CA_CERT_CONFIG_MAP ? [object.metadata.namespace ?? ''] : [];
}

interface ConfigMapInput extends KubeObjectInput {
  readonly data: Readonly<Record<string, string>>;
}

/** @param name - the namespace */
export function reconcileRootCaCert(view: View, name: string): Plan {
  const namespace = view.get('Namespace', '', name);
  if (namespace?.status.phase !== 'Active') return NOTHING;
  const stored = view.get('ConfigMap', name, ROOT_CA_CERT_CONFIG_MAP);
  if (stored === undefined) {
    const published: ConfigMapInput = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: ROOT_CA_CERT_CONFIG_MAP,
        namespace: name,
        annotations: { [DESCRIPTION_ANNOTATION]: DESCRIPTION },
      },
      data: DATA,
    };
    return { steps: [create(published)], because: `namespace ${name} has no ${ROOT_CA_CERT_CONFIG_MAP}` };
  }
  const { annotations = {} } = stored.metadata;
  if (deepEqual(stored.data, DATA) && annotations[DESCRIPTION_ANNOTATION] !== undefined) return NOTHING;
  const metadata = { ...stored.metadata, annotations: { ...annotations, [DESCRIPTION_ANNOTATION]: DESCRIPTION } };
  return {
    steps: [update({ ...stored, metadata, data: { ...DATA } })],
    because: `somebody changed ${ROOT_CA_CERT_CONFIG_MAP} of namespace ${name}`,
  };
}
