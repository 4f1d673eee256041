/**
 * What `kubeadm init` lets be done: by administrators, by machines that are joining, by kubelets.
 *
 * @source kubernetes cmd/kubeadm/app/phases/{bootstraptoken,kubeconfig,uploadconfig,kubelet,addons/proxy}
 */
import { roleObjects } from '#engine/apiserver/authorization/role-tables';

const BOOTSTRAPPERS = 'g:^bootstrappers:kubeadm:default-node-token';
const CSR = '^certificates.k8s.io:certificatesigningrequests';

export const kubeadmRoles = roleObjects(
  {},
  {
    clusterRoles: 'kubeadm:get-nodes|get - nodes',
    clusterRoleBindings: `kubeadm:cluster-admins cluster-admin g:kubeadm:cluster-admins
kubeadm:kubelet-bootstrap ^node-bootstrapper ${BOOTSTRAPPERS}
kubeadm:get-nodes = ${BOOTSTRAPPERS}
kubeadm:node-autoapprove-bootstrap ${CSR}:nodeclient ${BOOTSTRAPPERS}
kubeadm:node-autoapprove-certificate-rotation ${CSR}:selfnodeclient g:^nodes
kubeadm:apiserver-kubelet-client ^kubelet-api-admin u:kube-apiserver-kubelet-client
kubeadm:node-proxier ^node-proxier s:kube-proxy`,
    roles: `kube-system kubeadm:kubelet-config|get - configmaps kubelet-config
kube-system kubeadm:nodes-kubeadm-config|get - configmaps kubeadm-config
kube-system kube-proxy|get - configmaps kube-proxy
kube-public kubeadm:bootstrap-signer-clusterinfo|get - configmaps cluster-info`,
    roleBindings: `kube-system kubeadm:kubelet-config = g:^nodes ${BOOTSTRAPPERS}
kube-system kubeadm:nodes-kubeadm-config = ${BOOTSTRAPPERS} g:^nodes
kube-system kube-proxy = ${BOOTSTRAPPERS}
kube-public kubeadm:bootstrap-signer-clusterinfo = u:^anonymous`,
  },
);
