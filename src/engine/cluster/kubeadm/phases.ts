/** What `kubeadm init` and `kubeadm join` do, step by step. */
import { LateCode } from '#engine/late/late-code';
import type { RequestSpec } from '#engine/client/state';
import { certified, type Credentials } from '#engine/apiserver/wire';
import type { Member } from '#engine/etcd/wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import type { Micros } from '#engine/kernel/time';
import type { EtcdCall } from './etcd-client';
import { kubeadmRoles } from './roles';
import {
  AUDIT_POLICY_FILE,
  SCHEDULER_CONFIGURATION_FILE,
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
  readonly command: 'init' | 'join' | 'join-control-plane' | 'reset';
  readonly cluster: ClusterConfiguration;
  /** API servers in order of preference. */
  readonly server: readonly ProcessId[];
  /** A name of the network that stands for the API servers of now. */
  readonly endpoint: string;
  readonly credentials: Credentials;
  /** The kubelet has to ask for its certificate. Absent: the machine was installed with one. */
  readonly tlsBootstrap?: boolean;
}

/** What earlier steps have found out. */
export interface Found {
  /** etcd members that can be asked, as the annotations of their pods say. */
  readonly endpoints: readonly ProcessId[];
  readonly members: readonly Member[];
  /** How many of the members have been looked at. */
  readonly checked: number;
}

/** A question to etcd: to any of the endpoints, or to one process. */
export interface EtcdAsk {
  readonly etcd: EtcdCall;
  readonly at?: ProcessId;
}

/** What is said of an answer: all is well, something more is to be asked at once, or what is wrong. */
export type Verdict = 'done' | 'again' | { readonly error: string };

export interface Step {
  /** The line that tells that it is done. */
  readonly done: string;
  /** Absent: with the credentials that kubeadm was started with. `administrator`: by admin.conf, as soon as that is written; `here`: the same at this machine's own API server. */
  readonly as?: 'nobody' | 'administrator' | 'here';
  /** Does what can be done on this machine; what is asked, if anything, is asked until it is answered well. */
  run(ctx: Context, found: Found): RequestSpec | EtcdAsk | undefined;
  /** Reads a good answer: the body of the API server's, or etcd's. Absent: it is enough that it is one. */
  read?(answer: unknown, found: Found): { readonly found?: Partial<Found>; readonly verdict?: Verdict };
  /** It may fail: after so many µs kubeadm says so and goes on. */
  readonly patience?: { readonly lasts: Micros; readonly givenUp: (error: string) => string };
}

/** Steps of commands that no cluster begins with. */
export const lateSteps = new LateCode<
  Readonly<Record<'join-control-plane' | 'reset', (args: KubeadmArgs) => readonly Step[]>>
>('kubeadm join --control-plane');

/** Where the kubelet looks for its configuration. */
export const KUBELET_CONFIG = 'var/lib/kubelet/config.yaml';
/** What it asks for its first certificate with. */
export const BOOTSTRAP_KUBECONFIG = 'etc/kubernetes/bootstrap-kubelet.conf';
/** What admin.conf says: written on control planes. */
export const ADMINISTRATOR = certified('kubernetes-admin', 'kubeadm:cluster-admins');
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
export function write(ctx: Context, files: Readonly<Record<string, unknown>>): void {
  for (const [path, content] of Object.entries(files)) {
    ctx.disk.replace(path, [content], 2_000);
    ctx.disk.sync(path, { type: 'kubeadm/stored' });
  }
}

export const fileOf = (manifest: Manifest): string => `${MANIFESTS}${manifest.metadata.name}.yaml`;

const STEPS: Readonly<Record<KubeadmArgs['command'], (args: KubeadmArgs) => readonly Step[]>> = {
  init: (args) => initSteps(args),
  join: (args) => joinSteps(args),
  'join-control-plane': (args) => lateSteps.code['join-control-plane'](args),
  reset: (args) => lateSteps.code.reset(args),
};

export const NOTHING_FOUND: Found = Object.freeze({ endpoints: [], members: [], checked: 0 });

export const phasesOf = (args: KubeadmArgs): readonly Step[] => STEPS[args.command](args);

/** Keys, kubeconfig files and manifests of the three components that speak Kubernetes. */
export const controlPlane = (args: KubeadmArgs): Step => ({
  done: '[control-plane] Creating static Pod manifests',
  run(ctx) {
    const { node, cluster } = args;
    const kubeconfig = { servers: [`${node}/kube-apiserver`] };
    const manifests = controlPlaneManifests(cluster, args);
    write(ctx, {
      [SERVICE_ACCOUNT_KEY_FILE]: SERVICE_ACCOUNT_KEY,
      ...(cluster.auditPolicy === undefined ? null : { [AUDIT_POLICY_FILE]: cluster.auditPolicy }),
      ...(cluster.schedulerConfiguration === undefined
        ? null
        : { [SCHEDULER_CONFIGURATION_FILE]: cluster.schedulerConfiguration }),
      'etc/kubernetes/controller-manager.conf': kubeconfig,
      'etc/kubernetes/scheduler.conf': kubeconfig,
      ...Object.fromEntries(manifests.map((manifest) => [fileOf(manifest), manifest])),
    });
    return undefined;
  },
});

export const waitControlPlane: Step = {
  done: '[wait-control-plane] The API server is healthy',
  as: 'here',
  run: () => ({ method: 'GET', path: '/livez' }),
};

export const kubeletStart = ({ tlsBootstrap = false, endpoint }: KubeadmArgs): Step => ({
  done: '[kubelet-start] Starting the kubelet',
  run(ctx) {
    if (tlsBootstrap) write(ctx, { [BOOTSTRAP_KUBECONFIG]: { endpoint, token: BOOTSTRAP_TOKEN } });
    write(ctx, { [KUBELET_CONFIG]: { kind: 'KubeletConfiguration', staticPodPath: `/${MANIFESTS}` } });
    ctx.restart('kubelet');
    return undefined;
  },
});

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
    controlPlane(args),
    {
      done: '[etcd] Creating static Pod manifest for local etcd',
      run(ctx) {
        const manifest = etcdManifest(args, [node], false);
        write(ctx, { [fileOf(manifest)]: manifest });
        return undefined;
      },
    },
    kubeletStart(args),
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
export const markControlPlane = (node: string): Step => ({
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

export const discovery: Step = {
  done: '[discovery] Successfully established connection with API Server',
  as: 'nobody',
  run: () => ({ method: 'GET', path: '/api/v1/namespaces/kube-public/configmaps/cluster-info' }),
};

function joinSteps(args: KubeadmArgs): readonly Step[] {
  return [
    discovery,
    kubeletStart(args),
    {
      done: 'This node has joined the cluster',
      run: () => ({ method: 'GET', path: `/api/v1/nodes/${args.node}` }),
    },
  ];
}
