/** A second scheduler as a Deployment, as the documentation has it: Configure Multiple Schedulers. */
import { describe, expect, it } from 'vitest';
import type { Kinds } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { type Story, bootedStory } from './testing';

const CONFIGURATION = `
apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
profiles:
  - schedulerName: my-scheduler
    plugins: {score: {disabled: [{name: NodeResourcesBalancedAllocation}]}}
    pluginConfig:
      - name: NodeResourcesFit
        args: {scoringStrategy: {type: MostAllocated}}
      - name: PodTopologySpread
        args: {defaultingType: List}
leaderElection:
  leaderElect: false
`;

const RIGHTS = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: my-scheduler, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: my-scheduler-as-kube-scheduler}
subjects: [{kind: ServiceAccount, name: my-scheduler, namespace: kube-system}]
roleRef: {kind: ClusterRole, name: 'system:kube-scheduler', apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: my-scheduler-as-volume-scheduler}
subjects: [{kind: ServiceAccount, name: my-scheduler, namespace: kube-system}]
roleRef: {kind: ClusterRole, name: 'system:volume-scheduler', apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: my-scheduler-extension-apiserver-authentication-reader, namespace: kube-system}
roleRef: {kind: Role, name: extension-apiserver-authentication-reader, apiGroup: rbac.authorization.k8s.io}
subjects: [{kind: ServiceAccount, name: my-scheduler, namespace: kube-system}]
`;

const configMap = (text: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: my-scheduler-config, namespace: kube-system}
data:
  my-scheduler-config.yaml: |
${text.replaceAll(/^/gm, '    ')}
`;

const deployment = (replicas = 1): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: my-scheduler, namespace: kube-system, labels: {component: scheduler, tier: control-plane}}
spec:
  selector: {matchLabels: {component: scheduler, tier: control-plane}}
  replicas: ${replicas}
  template:
    metadata: {labels: {component: scheduler, tier: control-plane, version: second}}
    spec:
      serviceAccountName: my-scheduler
      containers:
        - name: kube-second-scheduler
          image: registry.k8s.io/kube-scheduler:v1.35.0
          command: [/usr/local/bin/kube-scheduler, --config=/etc/kubernetes/my-scheduler/my-scheduler-config.yaml]
          livenessProbe:
            httpGet: {path: /healthz, port: 10259, scheme: HTTPS}
            initialDelaySeconds: 15
          readinessProbe:
            httpGet: {path: /healthz, port: 10259, scheme: HTTPS}
          resources: {requests: {cpu: '0.1'}}
          volumeMounts: [{name: config-volume, mountPath: /etc/kubernetes/my-scheduler}]
      volumes: [{name: config-volume, configMap: {name: my-scheduler-config}}]
`;

const pods = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: packed}
spec:
  replicas: 4
  selector: {matchLabels: {app: packed}}
  template:
    metadata: {labels: {app: packed}}
    spec:
      schedulerName: my-scheduler
      containers: [{name: main, image: "nginx:1.27", resources: {requests: {cpu: 200m, memory: 128Mi}}}]
`;

const apply = (t: Story, ...texts: readonly string[]): void =>
  expect(t.apply(texts.join('\n---\n'))).toMatchObject({ ok: true });
const schedulers = (t: Story) => t.systemPods.filter(({ name }) => name.startsWith('my-scheduler'));
const bound = (t: Story): number => t.podsOf('packed').filter(({ node }) => (node ?? '') !== '').length;

describe('a second scheduler', () => {
  it('runs in a Deployment, told by a ConfigMap, and schedules the pods that name it', () => {
    const t = bootedStory({ recorded: false });
    apply(t, pods);
    t.run(10 * SECOND);
    expect(bound(t)).toBe(0);
    apply(t, RIGHTS, configMap(CONFIGURATION), deployment());
    t.until('its pods run', () => t.readyPodsOf('packed').length === 4, 3 * MINUTE);
    expect(schedulers(t).map(({ ready }) => ready)).toEqual([true]);
    expect(new Set(t.podsOf('packed').map(({ node }) => node)).size).toBe(1);
    const reporters = t.eventsOf('Pod', 'Scheduled').filter(({ regarding }) => regarding.name.startsWith('packed'));
    expect(new Set(reporters.map(({ component }) => component))).toEqual(new Set(['my-scheduler']));
  });

  it('does nothing without the rights that the documentation gives it', () => {
    const t = bootedStory({ recorded: false });
    const [account = ''] = RIGHTS.split('---');
    apply(t, account, configMap(CONFIGURATION), deployment(), pods);
    t.run(MINUTE);
    expect(schedulers(t)).toHaveLength(1);
    expect(bound(t)).toBe(0);
    apply(t, RIGHTS);
    t.until('its pods run', () => t.readyPodsOf('packed').length === 4, 3 * MINUTE);
  });

  it('ends with what is wrong in its file, and its kubelet tries again and again', () => {
    const t = bootedStory({ recorded: false });
    apply(t, RIGHTS, configMap(CONFIGURATION.replace('MostAllocated', 'Fullest')), deployment());
    t.run(2 * MINUTE);
    const [pod] = schedulers(t);
    expect(pod?.status).toBe('CrashLoopBackOff');
    const path = `/api/v1/namespaces/kube-system/pods/${pod?.name}/log`;
    const said = t.request('GET', path, { query: { previous: 'true' } }).body;
    expect(said).toContain('run.go:72] "command failed" err="');
    expect(said).toContain('Fullest');
  });

  it('of two replicas the one that holds the Lease works; the other takes over when it goes', () => {
    const t = bootedStory({ recorded: false });
    const elected = `leaderElection: {leaderElect: true, resourceName: my-scheduler, leaseDuration: 6s, renewDeadline: 4s, retryPeriod: 1s}\n`;
    const lease = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: my-scheduler-lease}
rules: [{apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [my-scheduler], verbs: [get, list, update, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: my-scheduler-lease}
subjects: [{kind: ServiceAccount, name: my-scheduler, namespace: kube-system}]
roleRef: {kind: ClusterRole, name: my-scheduler-lease, apiGroup: rbac.authorization.k8s.io}
`;
    const [head = ''] = CONFIGURATION.split('leaderElection:');
    apply(t, RIGHTS, lease, configMap(head + elected), deployment(2));
    const holder = (): string =>
      t.object<Kinds['Lease']>('Lease', 'my-scheduler', 'kube-system')?.spec?.holderIdentity ?? '';
    t.until('one holds it', () => holder() !== '', MINUTE);
    const first = holder();
    apply(t, pods);
    t.until('its pods run', () => t.readyPodsOf('packed').length === 4, 2 * MINUTE);
    const machine = first.split('_')[0]!;
    const leader = schedulers(t).find(({ node }) => node === machine)!;
    const began = t.now;
    t.request('DELETE', `/api/v1/namespaces/kube-system/pods/${leader.name}`, { body: { gracePeriodSeconds: 0 } });
    t.until('the other holds it', () => holder() !== first, MINUTE);
    expect(t.now - began).toBeLessThan(10 * SECOND);
  });
});
