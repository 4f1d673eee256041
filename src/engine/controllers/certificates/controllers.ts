/** The controllers of certificate signing requests; what they do comes late, since no starting cluster asks for certificates. */
import { type Change, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

export const csrSigningController = defineController({
  name: 'certificatesigningrequest-signing-controller',
  component: 'certificate-controller',
  watches: ['CertificateSigningRequest'],
  initialMemory: null,
  workers: 5,
  keysFor: ({ type, object }: Change) => (type === 'deleted' ? [] : [object.metadata.name]),
  reconcile: (view, name, situation) => lateReconcilers.code.signRequest(view, name, situation),
});

export const csrApprovingController = defineController({
  name: 'certificatesigningrequest-approving-controller',
  component: 'certificate-controller',
  watches: ['CertificateSigningRequest', 'ClusterRole', 'ClusterRoleBinding'],
  initialMemory: null,
  workers: 5,
  keysFor: ({ kind, type, object }: Change) =>
    kind === 'CertificateSigningRequest' && type !== 'deleted' ? [object.metadata.name] : [],
  reconcile: (view, name, situation) => lateReconcilers.code.approveRequest(view, name, situation),
});
