/** What `kubeadm init` and `kubeadm join` do, step by step. */
import type { RequestSpec } from '#engine/client/state';
import type { Credentials } from '#engine/apiserver/wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import { kubeadmRoles } from './roles';
import {
  controlPlaneManifests,
  etcdManifest,
  KUBERNETES_VERSION,
  MANIFESTS,
  SERVICE_ACCOUNT_KEY_FILE,
  type Manifest,
  type ClusterConfiguration,
  type LocalEndpoint,
} from './manifests';

export interface KubeadmArgs extends LocalEndpoint {
  readonly command: 'init' | 'join' | 'join-control-plane';
  /** Machines of the control planes that the cluster begins with: the members of etcd. */
  readonly controlPlanes: readonly string[];
  readonly cluster: ClusterConfiguration;
  /** API servers in order of preference. */
  readonly server: readonly ProcessId[];
  readonly credentials: Credentials;
}

export interface Step {
  /** The line that tells that it is done. */
  readonly done: string;
  /** Asked by nobody in particular: the cluster is not known yet. */
  readonly anonymous?: boolean;
  /** Does what can be done on this machine; the request, if any, is sent until it is answered well. */
  run(ctx: Context): RequestSpec | undefined;
}

/** Where the kubelet looks for its configuration. */
export const KUBELET_CONFIG = 'var/lib/kubelet/config.yaml';
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';
/** @source kubernetes cmd/kubeadm/app/cmd/token.go: tokens live 24 hours; this one does not expire, so that machines can be added at any time */
const TOKEN = { id: 'abcdef', secret: '0123456789abcdef' };
export const BOOTSTRAP_TOKEN = `${TOKEN.id}.${TOKEN.secret}`;
/** What stands for the contents of sa.key, the same on every control plane. */
const SERVICE_ACCOUNT_KEY = 'sa.key';

const post = (path: string, body: Readonly<Record<string, unknown>>): RequestSpec => ({ method: 'POST', path, body });

const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>>): RequestSpec =>
  post(`/api/v1/namespaces/${namespace}/configmaps`, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data,
  });

/** Writes files of this machine, each as one record, for good. */
function write(ctx: Context, files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    ctx.disk.replace(path, [content], 2_000);
    ctx.disk.sync(path, { type: 'kubeadm/stored' });
  }
}

const fileOf = (manifest: Manifest): string => `${MANIFESTS}${manifest.metadata.name}.yaml`;

const STEPS: Readonly<Record<KubeadmArgs['command'], (args: KubeadmArgs) => readonly Step[]>> = {
  init: (args) => initSteps(args),
  join: (args) => joinSteps(args),
  'join-control-plane': (args) => [staticPods(args), kubeletStart, waitControlPlane, markControlPlane(args.node)],
};

export const phasesOf = (args: KubeadmArgs): readonly Step[] => STEPS[args.command](args);

/** The control plane of one machine, ready to be started by its kubelet. */
const staticPods = (args: KubeadmArgs): Step => ({
  done: '[control-plane] Creating static Pod manifests',
  run(ctx) {
    const { node, cluster, controlPlanes } = args;
    const kubeconfig = { servers: [`${node}/kube-apiserver`] };
    const manifests = [etcdManifest(args, controlPlanes, false), ...controlPlaneManifests(cluster, args)];
    write(ctx, {
      [SERVICE_ACCOUNT_KEY_FILE]: SERVICE_ACCOUNT_KEY,
      'etc/kubernetes/controller-manager.conf': kubeconfig,
      'etc/kubernetes/scheduler.conf': kubeconfig,
      ...Object.fromEntries(manifests.map((manifest) => [fileOf(manifest), manifest])),
    });
    return undefined;
  },
});

const waitControlPlane: Step = {
  done: '[wait-control-plane] The API server is healthy',
  run: () => ({ method: 'GET', path: '/livez' }),
};

const kubeletStart: Step = {
  done: '[kubelet-start] Starting the kubelet',
  run(ctx) {
    write(ctx, { [KUBELET_CONFIG]: { kind: 'KubeletConfiguration', staticPodPath: `/${MANIFESTS}` } });
    ctx.restart('kubelet');
    return undefined;
  },
};

function initSteps(args: KubeadmArgs): readonly Step[] {
  const { node, cluster } = args;
  const clusterConfiguration = [
    'apiVersion: kubeadm.k8s.io/v1beta4',
    'clusterName: kubernetes',
    `controlPlaneEndpoint: ${cluster.controlPlaneEndpoint}`,
    'kind: ClusterConfiguration',
    `kubernetesVersion: ${KUBERNETES_VERSION}`,
    'networking:',
    '  dnsDomain: cluster.local',
    `  podSubnet: ${cluster.podSubnet}`,
    `  serviceSubnet: ${cluster.serviceSubnet}`,
    '',
  ].join('\n');
  return [
    staticPods(args),
    kubeletStart,
    waitControlPlane,
    {
      done: '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace',
      run: () => configMap('kube-system', 'kubeadm-config', { ClusterConfiguration: clusterConfiguration }),
    },
    {
      done: '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster',
      run: () =>
        configMap('kube-system', 'kubelet-config', {
          kubelet: `apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nstaticPodPath: /${MANIFESTS.slice(0, -1)}\n`,
        }),
    },
    markControlPlane(node),
    ...kubeadmRoles.map(({ path, body }): Step => ({
      done: `[bootstrap-token] Created ${body.kind} ${body.metadata?.name ?? ''}`,
      run: () => ({ method: 'POST', path, body }),
    })),
    {
      done: `[bootstrap-token] Using token: ${BOOTSTRAP_TOKEN}`,
      run: () =>
        post('/api/v1/namespaces/kube-system/secrets', {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: `bootstrap-token-${TOKEN.id}`, namespace: 'kube-system' },
          type: 'bootstrap.kubernetes.io/token',
          stringData: {
            'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
            'token-id': TOKEN.id,
            'token-secret': TOKEN.secret,
            'usage-bootstrap-authentication': 'true',
            'usage-bootstrap-signing': 'true',
          },
        }),
    },
    {
      done: '[bootstrap-token] Creating the "cluster-info" ConfigMap in the "kube-public" namespace',
      run: () =>
        configMap('kube-public', 'cluster-info', {
          kubeconfig: [
            'apiVersion: v1',
            'clusters:',
            '- cluster:',
            `    server: https://${cluster.controlPlaneEndpoint}`,
            '  name: ""',
            'contexts: null',
            'current-context: ""',
            'kind: Config',
            'users: null',
            '',
          ].join('\n'),
        }),
    },
  ];
}

/** Only after the kubelet has registered the node is there one to be marked. */
const markControlPlane = (node: string): Step => ({
  done: `[mark-control-plane] Marking the node ${node} as control-plane by adding the labels: [${CONTROL_PLANE} node.kubernetes.io/exclude-from-external-load-balancers]`,
  run: () => ({
    method: 'PATCH',
    path: `/api/v1/nodes/${node}`,
    contentType: 'application/strategic-merge-patch+json',
    body: {
      metadata: { labels: { [CONTROL_PLANE]: '', 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
      spec: { taints: [{ key: CONTROL_PLANE, effect: 'NoSchedule' }] },
    },
  }),
});

function joinSteps(args: KubeadmArgs): readonly Step[] {
  return [
    {
      done: '[discovery] Successfully established connection with API Server',
      anonymous: true,
      run: () => ({ method: 'GET', path: '/api/v1/namespaces/kube-public/configmaps/cluster-info' }),
    },
    kubeletStart,
    {
      done: 'This node has joined the cluster',
      run: () => ({ method: 'GET', path: `/api/v1/nodes/${args.node}` }),
    },
  ];
}
