/** @source kubernetes staging/src/k8s.io/pod-security-admission/policy/check_*_test.go, admission/admission_test.go */
import { describe, expect, it } from 'vitest';
import type { PodSpec } from '#engine/api/types';
import { deployment, MERGE, message, pod, type TestApi, withAccount } from '../../testing';
import { detailsText, policyOf, versionText, violationsOf } from './policy';

type Loose = Record<string, unknown>;
const LATEST = Infinity;

const containers = (...list: readonly Loose[]): Loose => ({
  containers: list.map((item, at) => ({ name: 'abcdefgh'[at], ...item })),
});
const contexts = (...list: readonly Loose[]): Loose =>
  containers(...list.map((securityContext) => ({ securityContext })));
const GOOD: Loose = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};
const good = (...list: readonly Loose[]): Loose => contexts(...list.map((item) => ({ ...GOOD, ...item })));

function told(level: string, minor: number, spec: Loose, annotations: Record<string, string> = {}): string {
  const given = { containers: [], ...spec } as unknown as PodSpec;
  return detailsText(violationsOf({ level: level as 'baseline', minor }, { annotations, spec: given }));
}

describe('baseline', () => {
  it.each<[name: string, spec: Loose, told: string, minor?: number]>([
    [
      'host namespaces',
      { hostNetwork: true, hostIPC: true, hostPID: true },
      'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)',
    ],
    [
      'privileged',
      contexts({ privileged: true }, { privileged: false }, { privileged: true }, {}),
      'privileged (containers "a", "c" must not set securityContext.privileged=true)',
    ],
    [
      'capabilities',
      contexts({ capabilities: { add: ['CHOWN', 'FOO'] } }, { capabilities: { add: ['BAR', 'FOO', 'KILL'] } }, {}),
      'non-default capabilities (containers "a", "b" must not include "BAR", "FOO" in securityContext.capabilities.add)',
    ],
    [
      'hostPath',
      {
        volumes: [
          { name: 'a', hostPath: { path: '/' } },
          { name: 'b', emptyDir: {} },
          { name: 'c', hostPath: {} },
        ],
      },
      'hostPath volumes (volumes "a", "c")',
    ],
    [
      'host ports',
      containers({ ports: [{ hostPort: 0 }] }, { ports: [{ hostPort: 10 }, { hostPort: 20 }] }),
      'hostPort (container "b" uses hostPorts 10, 20)',
    ],
    [
      'host ports of several',
      containers({ ports: [{ hostPort: 20 }] }, { ports: [{ hostPort: 20 }] }),
      'hostPort (containers "a", "b" use hostPort 20)',
    ],
    [
      'probe hosts',
      containers(
        { livenessProbe: { httpGet: { host: '10.0.0.1' } } },
        { lifecycle: { preStop: { tcpSocket: { host: '8.8.8.8' } } } },
      ),
      'probe or lifecycle host (containers "a", "b" use probe or lifecycle hosts "10.0.0.1", "8.8.8.8")',
    ],
    ['probe hosts before', containers({ livenessProbe: { httpGet: { host: '10.0.0.1' } } }), '', 33],
    [
      'AppArmor of pod and containers',
      {
        securityContext: { appArmorProfile: { type: 'Unconfined' } },
        ...contexts({ appArmorProfile: { type: 'Unconfined' } }, { appArmorProfile: { type: 'Localhost' } }),
      },
      'forbidden AppArmor profile (pod and container "a" must not set AppArmor profile type to "Unconfined")',
    ],
    [
      'SELinux of pod and containers',
      {
        securityContext: { seLinuxOptions: { type: 'foo', user: 'bar', role: 'baz' } },
        ...contexts(
          ...[
            { type: 'container_t' },
            { type: 'container_init_t' },
            { type: 'container_kvm_t' },
            { type: 'container_engine_t' },
            { type: 'bar' },
            { user: 'bar' },
            { role: 'baz' },
          ].map((seLinuxOptions) => ({ seLinuxOptions })),
        ),
      },
      'seLinuxOptions (pod and containers "e", "f", "g" set forbidden securityContext.seLinuxOptions: types "bar", "foo"; user may not be set; role may not be set)',
    ],
    [
      'SELinux of a pod',
      { securityContext: { seLinuxOptions: { user: 'bad' } } },
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: user may not be set)',
    ],
    [
      'SELinux before 1.31',
      contexts({ seLinuxOptions: { type: 'container_engine_t' } }),
      'seLinuxOptions (container "a" set forbidden securityContext.seLinuxOptions: type "container_engine_t")',
      30,
    ],
    [
      'procMount',
      contexts({}, { procMount: 'Default' }, { procMount: 'Unmasked' }, { procMount: 'other' }),
      'procMount (containers "c", "d" must not set securityContext.procMount to "Unmasked", "other")',
    ],
    ['procMount in a user namespace', { hostUsers: false, ...contexts({ procMount: 'Unmasked' }) }, ''],
    [
      'procMount in a user namespace, before 1.35',
      { hostUsers: false, ...contexts({ procMount: 'Unmasked' }) },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
      34,
    ],
    [
      'seccomp',
      {
        securityContext: { seccompProfile: { type: 'Unconfined' } },
        ...contexts({}, { seccompProfile: { type: 'Localhost' } }, { seccompProfile: { type: 'Unconfined' } }),
      },
      'seccompProfile (pod and container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'sysctls',
      { securityContext: { sysctls: [{ name: 'net.ipv4.tcp_rmem' }, { name: 'a' }, { name: 'b' }] } },
      'forbidden sysctls (a, b)',
    ],
    [
      'sysctls of 1.31',
      {
        securityContext: {
          sysctls: [{ name: 'net.ipv4.tcp_fin_timeout' }, { name: 'net.ipv4.tcp_rmem' }],
        },
      },
      'forbidden sysctls (net.ipv4.tcp_rmem)',
      31,
    ],
    [
      'Windows host process',
      {
        securityContext: { windowsOptions: { hostProcess: true } },
        ...contexts({ windowsOptions: { hostProcess: true } }, { windowsOptions: { hostProcess: false } }),
      },
      'hostProcess (pod and container "a" must not set securityContext.windowsOptions.hostProcess=true)',
    ],
    [
      'init and ephemeral containers',
      {
        initContainers: [{ name: 'i', securityContext: { privileged: true } }],
        ephemeralContainers: [{ name: 'e', securityContext: { privileged: true } }],
      },
      'privileged (containers "i", "e" must not set securityContext.privileged=true)',
    ],
  ])('%s', (_, spec, expected, minor = LATEST) => {
    expect(told('baseline', minor, spec)).toBe(expected);
    expect(told('privileged', minor, spec)).toBe('');
  });

  it('looks at annotations', () => {
    const prefix = 'container.apparmor.security.beta.kubernetes.io/';
    const annotations = { [`${prefix}a`]: 'unconfined', [`${prefix}b`]: 'localhost/x', [`${prefix}c`]: 'y' };
    expect(told('baseline', LATEST, {}, annotations)).toBe(
      `forbidden AppArmor profiles (annotations must not set AppArmor profile type to "${prefix}a="unconfined"", "${prefix}c="y"")`,
    );
    const seccomp = { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' };
    expect(told('baseline', LATEST, {}, seccomp)).toBe('');
    expect(told('baseline', 18, {}, seccomp)).toBe(
      'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
    );
  });
});

describe('restricted', () => {
  it.each<[name: string, spec: Loose, told: string, minor?: number]>([
    ['nothing', good({}), ''],
    [
      'volume types',
      {
        ...good({}),
        volumes: [
          ...['emptyDir', 'secret', 'persistentVolumeClaim', 'downwardAPI', 'configMap', 'projected', 'csi'],
          ...['ephemeral', 'image', 'hostPath', 'nfs', 'nfs'],
        ].map((type, at) => ({ name: `v${at}`, [type]: {} })),
      },
      'restricted volume types (volumes "v9", "v10", "v11" use restricted volume types "hostPath", "nfs")',
    ],
    [
      'a volume of no type',
      { ...good({}), volumes: [{ name: 'v' }] },
      'restricted volume types (volume "v" uses restricted volume type "unknown")',
    ],
    [
      'privilege escalation',
      good({}, { allowPrivilegeEscalation: true }, { allowPrivilegeEscalation: undefined }),
      'allowPrivilegeEscalation != false (containers "b", "c" must set securityContext.allowPrivilegeEscalation=false)',
    ],
    [
      'runAsNonRoot, explicit',
      { ...good({ runAsNonRoot: false }), securityContext: { runAsNonRoot: true } },
      'runAsNonRoot != true (container "a" must not set securityContext.runAsNonRoot=false)',
    ],
    [
      'runAsNonRoot, implicit',
      good({}, { runAsNonRoot: undefined }),
      'runAsNonRoot != true (pod or container "b" must set securityContext.runAsNonRoot=true)',
    ],
    ['runAsNonRoot of the pod', { ...good({ runAsNonRoot: undefined }), securityContext: { runAsNonRoot: true } }, ''],
    ['runAsNonRoot in a user namespace', { hostUsers: false, ...good({ runAsNonRoot: undefined, runAsUser: 0 }) }, ''],
    [
      'runAsUser',
      { ...good({ runAsUser: 0 }, { runAsUser: 1 }), securityContext: { runAsUser: 0 } },
      'runAsUser=0 (pod and container "a" must not set runAsUser=0)',
    ],
    ['runAsUser before 1.23', good({ runAsUser: 0 }), '', 22],
    [
      'seccomp, implicit',
      good({ seccompProfile: undefined }, { seccompProfile: undefined }),
      'seccompProfile (pod or containers "a", "b" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'seccomp, explicit',
      { ...good({}), securityContext: { seccompProfile: { type: 'Unconfined' } } },
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      'capabilities',
      good(
        { capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
        { capabilities: { drop: ['all'] } },
        { capabilities: { drop: ['ALL'], add: ['CHOWN', 'AUDIT_WRITE'] } },
      ),
      'unrestricted capabilities (container "b" must set securityContext.capabilities.drop=["ALL"]; container "c" must not include "AUDIT_WRITE", "CHOWN" in securityContext.capabilities.add)',
    ],
    ['Windows', { os: { name: 'windows' }, ...contexts({ runAsNonRoot: true }) }, ''],
    [
      'Windows before 1.25',
      { os: { name: 'windows' }, ...good({ allowPrivilegeEscalation: undefined }) },
      'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false)',
      24,
    ],
    [
      'procMount in a user namespace',
      { hostUsers: false, ...good({ procMount: 'Unmasked' }) },
      'procMount (container "a" must not set securityContext.procMount to "Unmasked")',
    ],
    [
      'both levels, the lower first',
      { hostNetwork: true, ...contexts({ privileged: true }) },
      'host namespaces (hostNetwork=true), privileged (container "a" must not set securityContext.privileged=true), allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
  ])('%s', (_, spec, expected, minor = LATEST) => expect(told('restricted', minor, spec)).toBe(expected));
});

/** @source pod-security-admission/api/helpers_test.go */
describe('labels', () => {
  const key = (name: string) => `pod-security.kubernetes.io/${name}`;
  it.each<[labels: Record<string, string>, enforce: string, errors: number]>([
    [{}, 'privileged:latest', 0],
    [{ enforce: 'baseline' }, 'baseline:latest', 0],
    [{ enforce: 'baseline', 'enforce-version': 'v1.0' }, 'baseline:v1.0', 0],
    [{ enforce: 'baseline', 'enforce-version': 'v1.10' }, 'baseline:v1.10', 0],
    [{ enforce: 'foo' }, 'restricted:latest', 1],
    [{ enforce: '', audit: 'x', warn: 'y' }, 'restricted:latest', 3],
    [{ 'enforce-version': 'v1.01' }, 'privileged:latest', 1],
    [{ 'enforce-version': '1.22' }, 'privileged:latest', 1],
    [{ 'enforce-version': 'v1.22.1' }, 'privileged:latest', 1],
  ])('%j', (labels, enforce, count) => {
    const given = Object.fromEntries(Object.entries(labels).map(([name, value]) => [key(name), value]));
    const { policy, errors } = policyOf(given);
    expect([versionText(policy.enforce), errors.length]).toEqual([enforce, count]);
    expect([policy.audit.level, policy.warn.level]).toEqual(['privileged', 'privileged']);
  });
});

describe('the API server', () => {
  const NAMESPACE = '/api/v1/namespaces/default';
  const NGINX =
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';
  const label = (api: TestApi, labels: Record<string, string>) =>
    api.ask(
      'PATCH',
      NAMESPACE,
      {
        metadata: {
          labels: Object.fromEntries(
            Object.entries(labels).map(([name, value]) => [`pod-security.kubernetes.io/${name}`, value]),
          ),
        },
      },
      MERGE,
    );

  it('refuses pods that violate what is enforced', () => {
    const api = withAccount();
    label(api, { enforce: 'restricted' });
    const refusal = `is forbidden: violates PodSecurity "restricted:latest": ${NGINX}`;
    expect(message(api.ask('POST', `${NAMESPACE}/pods`, pod('x')))).toBe(`pods "x" ${refusal}`);
    const generated = message(api.ask('POST', `${NAMESPACE}/pods`, pod('', { generateName: 'g-' })));
    expect(generated).toMatch(/^pods "g-[a-z0-9]{5}" is forbidden: violates/);
    api.want('POST', `${NAMESPACE}/pods`, pod('ok', {}, containers({ image: 'i', securityContext: GOOD })));
    api.want('POST', '/apis/apps/v1/namespaces/default/deployments', deployment('d'));
  });

  it('leaves a running pod alone until its image changes', () => {
    const api = withAccount();
    api.want('POST', `${NAMESPACE}/pods`, pod('x'));
    label(api, { enforce: 'restricted', 'enforce-version': 'v1.24' });
    const path = `${NAMESPACE}/pods/x`;
    api.want('PATCH', path, { metadata: { labels: { a: 'b' } } }, MERGE);
    const patch = { spec: { containers: [{ name: 'c', image: 'nginx:1.28' }] } };
    const strategic = { contentType: 'application/strategic-merge-patch+json' };
    expect(message(api.ask('PATCH', path, patch, strategic))).toContain('violates PodSecurity "restricted:v1.24"');
  });

  it('warns of pods and of templates', () => {
    const api = withAccount();
    label(api, { warn: 'restricted' });
    const warning = `would violate PodSecurity "restricted:latest": ${NGINX}`;
    expect(api.ask('POST', `${NAMESPACE}/pods`, pod('x')).warnings).toEqual([warning]);
    expect(api.ask('POST', '/apis/apps/v1/namespaces/default/deployments', deployment('d')).warnings).toEqual([
      warning,
    ]);
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'c' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: { spec: { ...pod('').spec, restartPolicy: 'Never' } } } },
      },
    };
    expect(api.ask('POST', '/apis/batch/v1/namespaces/default/cronjobs', cron).warnings).toEqual([warning]);
  });

  it('warns of the pods that are there when more is enforced', () => {
    const api = withAccount();
    for (const name of ['b', 'a', 'c']) api.want('POST', `${NAMESPACE}/pods`, pod(name));
    api.want('POST', `${NAMESPACE}/pods`, pod('h', {}, { hostNetwork: true }));
    const reasons =
      'allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile';
    expect(label(api, { enforce: 'restricted' }).warnings).toEqual([
      'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
      `a (and 2 other pods): ${reasons}`,
      `h: host namespaces, ${reasons}`,
    ]);
    expect(label(api, { enforce: 'baseline' }).warnings).toBeUndefined();
  });

  it('refuses labels that are none', () => {
    const api = withAccount();
    expect(message(label(api, { enforce: 'foo', 'warn-version': '1.22' }))).toBe(
      'Namespace "default" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "foo": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.22": must be "latest" or "v1.x"]',
    );
    const created = api.ask('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'n', labels: { 'pod-security.kubernetes.io/audit': 'x' } },
    });
    expect([created.code, message(created)]).toEqual([
      422,
      'Namespace "n" is invalid: metadata.labels[pod-security.kubernetes.io/audit]: Invalid value: "x": must be one of privileged, baseline, restricted',
    ]);
  });
});
