// long: the checks of the standards, one beside the other
/**
 * The checks of the Pod Security Standards, each with the minor versions of Kubernetes from which its forms hold.
 *
 * @source kubernetes staging/src/k8s.io/pod-security-admission/policy/check_*.go
 */
import { byteOrder } from '#engine/api/json';
import type { Container, PodSpec } from '#engine/api/types';

/** What of a pod, or of a template of pods, is looked at. */
export interface PodLike {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** What a check holds against a pod. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

type CheckPod = (pod: PodLike) => Violation | null;

interface Check {
  readonly id: string;
  readonly level: 'baseline' | 'restricted';
  /** Forms of the check, each from a minor version on; ascending. */
  readonly versions: readonly (readonly [minor: number, check: CheckPod])[];
  /** Checks of the lower level that this one makes unnecessary. */
  readonly overrides?: readonly string[];
}

type SecurityContext = NonNullable<Container['securityContext']>;
type Probe = Container['livenessProbe'];
type Handler = NonNullable<Container['lifecycle']>['preStop'];
type VolumeSource = Exclude<keyof NonNullable<PodSpec['volumes']>[number], 'name'>;

const quoted = (texts: Iterable<string>): string => `"${[...texts].join('", "')}"`;
const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].toSorted(byteOrder);
const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);
const containersText = (names: readonly string[]): string => `${plural(names.length, 'container')} ${quoted(names)}`;

const containersOf = ({ spec }: PodLike): readonly Container[] => [
  ...(spec.initContainers ?? []),
  ...spec.containers,
  ...((spec.ephemeralContainers ?? []) as readonly Container[]),
];

/** Names of the containers for which `bad` holds. */
const containersThat = (pod: PodLike, bad: (container: Container, context: SecurityContext) => boolean): string[] =>
  containersOf(pod)
    .filter((container) => bad(container, container.securityContext ?? {}))
    .map(({ name }) => name);

/** `pod and containers "a", "b"`; empty: nobody. */
const setters = (podToo: boolean, containers: readonly string[]): string =>
  [...(podToo ? ['pod'] : []), ...(containers.length === 0 ? [] : [containersText(containers)])].join(' and ');

const violation = (reason: string, detail: string): Violation | null => (detail === '' ? null : { reason, detail });

const isWindows = ({ spec }: PodLike): boolean => spec.os?.name === 'windows';
const hasOwnUsers = ({ spec }: PodLike): boolean => spec.hostUsers === false;
const unless =
  (excused: (pod: PodLike) => boolean, check: CheckPod): CheckPod =>
  (pod) =>
    excused(pod) ? null : check(pod);

const APP_ARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

const appArmor: CheckPod = (pod) => {
  const values = new Set<string>();
  const isBad = (type: string | undefined): boolean => {
    if (type === undefined || type === 'RuntimeDefault' || type === 'Localhost') return false;
    values.add(type);
    return true;
  };
  const podToo = isBad(pod.spec.securityContext?.appArmorProfile?.type);
  const containers = containersThat(pod, (_, context) => isBad(context.appArmorProfile?.type));
  const annotations = sorted(
    Object.entries(pod.annotations).flatMap(([key, value]) =>
      key.startsWith(APP_ARMOR_ANNOTATION) &&
      value !== '' &&
      value !== 'runtime/default' &&
      !value.startsWith('localhost/')
        ? [`${key}=${JSON.stringify(value)}`]
        : [],
    ),
  );
  const who = [setters(podToo, containers), annotations.length === 0 ? '' : plural(annotations.length, 'annotation')];
  const bad = [...sorted(values), ...annotations];
  const text = who.filter((part) => part !== '').join(' and ');
  return text === ''
    ? null
    : violation(
        plural(bad.length, 'forbidden AppArmor profile'),
        `${text} must not set AppArmor profile type to ${quoted(bad)}`,
      );
};

const DEFAULT_CAPABILITIES: ReadonlySet<string> = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

/** Containers that add capabilities which `allows` does not, as text; empty: none. */
function addedCapabilities(pod: PodLike, allows: (capability: string) => boolean): string {
  const forbidden = new Set<string>();
  const bad = containersThat(pod, (_, { capabilities }) => {
    const wrong = (capabilities?.add ?? []).filter((capability) => !allows(capability));
    for (const capability of wrong) forbidden.add(capability);
    return wrong.length > 0;
  });
  if (bad.length === 0) return '';
  return `${containersText(bad)} must not include ${quoted(sorted(forbidden))} in securityContext.capabilities.add`;
}

const restrictedCapabilities: CheckPod = (pod) => {
  const kept = containersThat(pod, (_, { capabilities }) => !(capabilities?.drop ?? []).includes('ALL'));
  const details = [
    kept.length === 0 ? '' : `${containersText(kept)} must set securityContext.capabilities.drop=["ALL"]`,
    addedCapabilities(pod, (capability) => capability === 'NET_BIND_SERVICE'),
  ];
  return violation('unrestricted capabilities', details.filter((text) => text !== '').join('; '));
};

const hostNamespaces: CheckPod = ({ spec }) =>
  violation(
    'host namespaces',
    (['hostNetwork', 'hostPID', 'hostIPC'] as const)
      .filter((field) => spec[field] === true)
      .map((field) => `${field}=true`)
      .join(', '),
  );

const hostPathVolumes: CheckPod = ({ spec }) => {
  const names = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  return names.length === 0
    ? null
    : violation('hostPath volumes', `${plural(names.length, 'volume')} ${quoted(names)}`);
};

const hostPorts: CheckPod = (pod) => {
  const found = new Set<string>();
  const bad = containersThat(pod, ({ ports = [] }) => {
    const own = ports.flatMap(({ hostPort = 0 }) => (hostPort === 0 ? [] : [String(hostPort)]));
    for (const port of own) found.add(port);
    return own.length > 0;
  });
  if (bad.length === 0) return null;
  const what = `${plural(bad.length, 'uses', 'use')} ${plural(found.size, 'hostPort')}`;
  return violation('hostPort', `${containersText(bad)} ${what} ${sorted(found).join(', ')}`);
};

const probeHosts: CheckPod = (pod) => {
  const found = new Set<string>();
  const bad = containersThat(pod, ({ livenessProbe, readinessProbe, startupProbe, lifecycle }) => {
    const handlers: (Probe | Handler)[] = [
      livenessProbe,
      readinessProbe,
      startupProbe,
      lifecycle?.postStart,
      lifecycle?.preStop,
    ];
    const hosts = handlers.flatMap((handler) => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? '']);
    const own = hosts.filter((host) => host !== '');
    for (const host of own) found.add(host);
    return own.length > 0;
  });
  if (bad.length === 0) return null;
  const what = `${plural(bad.length, 'uses', 'use')} ${plural(found.size, 'probe or lifecycle host')}`;
  return violation('probe or lifecycle host', `${containersText(sorted(bad))} ${what} ${quoted(sorted(found))}`);
};

const privileged: CheckPod = (pod) => {
  const bad = containersThat(pod, (_, context) => context.privileged === true);
  return bad.length === 0
    ? null
    : violation('privileged', `${containersText(bad)} must not set securityContext.privileged=true`);
};

const procMount: CheckPod = (pod) => {
  const types = new Set<string>();
  const bad = containersThat(pod, (_, context) => {
    const type = context.procMount ?? 'Default';
    if (type === 'Default') return false;
    types.add(type);
    return true;
  });
  if (bad.length === 0) return null;
  const detail = `${containersText(bad)} must not set securityContext.procMount to ${quoted(sorted(types))}`;
  return violation('procMount', detail);
};

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

const seLinux =
  (allowed: readonly string[]): CheckPod =>
  (pod) => {
    const types = new Set<string>();
    let [user, role] = [false, false];
    const isBad = (options: SecurityContext['seLinuxOptions']): boolean => {
      if (options === undefined) return false;
      const { type = '', user: itsUser = '', role: itsRole = '' } = options;
      if (!allowed.includes(type)) types.add(type);
      if (itsUser !== '') user = true;
      if (itsRole !== '') role = true;
      return !allowed.includes(type) || itsUser !== '' || itsRole !== '';
    };
    const who = setters(
      isBad(pod.spec.securityContext?.seLinuxOptions),
      containersThat(pod, (_, context) => isBad(context.seLinuxOptions)),
    );
    if (who === '') return null;
    const bad = [
      ...(types.size === 0 ? [] : [`${plural(types.size, 'type')} ${quoted(sorted(types))}`]),
      ...(user ? ['user may not be set'] : []),
      ...(role ? ['role may not be set'] : []),
    ];
    return violation('seLinuxOptions', `${who} set forbidden securityContext.seLinuxOptions: ${bad.join('; ')}`);
  };

export const SECCOMP_ANNOTATION = 'seccomp.security.alpha.kubernetes.io/pod';
export const SECCOMP_CONTAINER_ANNOTATION = 'container.seccomp.security.alpha.kubernetes.io/';

const seccompAnnotations: CheckPod = (pod) => {
  const keys = [SECCOMP_ANNOTATION, ...containersOf(pod).map(({ name }) => SECCOMP_CONTAINER_ANNOTATION + name)];
  const bad = sorted(
    keys.flatMap((key) => {
      const value = pod.annotations[key];
      return value === undefined ||
        value === 'runtime/default' ||
        value === 'docker/default' ||
        value.startsWith('localhost/')
        ? []
        : [`${key}=${JSON.stringify(value)}`];
    }),
  );
  return bad.length === 0
    ? null
    : violation('seccompProfile', `forbidden ${plural(bad.length, 'annotation')} ${bad.join(', ')}`);
};

const isGoodSeccomp = (type: string): boolean => type === 'RuntimeDefault' || type === 'Localhost';

const badSeccomp: CheckPod = (pod) => {
  const values = new Set<string>();
  const isBad = (type: string | undefined): boolean => {
    if (type === undefined || isGoodSeccomp(type)) return false;
    values.add(type);
    return true;
  };
  const who = setters(
    isBad(pod.spec.securityContext?.seccompProfile?.type),
    containersThat(pod, (_, context) => isBad(context.seccompProfile?.type)),
  );
  return who === ''
    ? null
    : violation(
        'seccompProfile',
        `${who} must not set securityContext.seccompProfile.type to ${quoted(sorted(values))}`,
      );
};

const restrictedSeccomp: CheckPod = (pod) => {
  const bad = badSeccomp(pod);
  if (bad !== null || pod.spec.securityContext?.seccompProfile !== undefined) return bad;
  const without = containersThat(pod, (_, context) => context.seccompProfile === undefined);
  return without.length === 0
    ? null
    : violation(
        'seccompProfile',
        `pod or ${containersText(without)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      );
};

const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

const sysctls =
  (allowed: readonly string[]): CheckPod =>
  ({ spec }) =>
    violation(
      'forbidden sysctls',
      (spec.securityContext?.sysctls ?? [])
        .map(({ name }) => name)
        .filter((name) => !allowed.includes(name))
        .join(', '),
    );

const windowsHostProcess: CheckPod = (pod) => {
  const who = setters(
    pod.spec.securityContext?.windowsOptions?.hostProcess === true,
    containersThat(pod, (_, context) => context.windowsOptions?.hostProcess === true),
  );
  return who === ''
    ? null
    : violation('hostProcess', `${who} must not set securityContext.windowsOptions.hostProcess=true`);
};

const allowPrivilegeEscalation: CheckPod = (pod) => {
  const bad = containersThat(pod, (_, context) => context.allowPrivilegeEscalation !== false);
  return bad.length === 0
    ? null
    : violation(
        'allowPrivilegeEscalation != false',
        `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
      );
};

const ALLOWED_VOLUMES: readonly VolumeSource[] = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'image',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

const restrictedVolumes: CheckPod = ({ spec }) => {
  const types = new Set<string>();
  const names = (spec.volumes ?? []).flatMap((volume) => {
    if (ALLOWED_VOLUMES.some((type) => volume[type] !== undefined)) return [];
    types.add(Object.keys(volume).find((key) => key !== 'name') ?? 'unknown');
    return [volume.name];
  });
  if (names.length === 0) return null;
  const verb = plural(names.length, 'uses', 'use');
  const what = `${verb} ${plural(types.size, 'restricted volume type')} ${quoted(sorted(types))}`;
  return violation('restricted volume types', `${plural(names.length, 'volume')} ${quoted(names)} ${what}`);
};

const runAsNonRoot: CheckPod = (pod) => {
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  const who = setters(
    ofPod === false,
    containersThat(pod, (_, context) => context.runAsNonRoot === false),
  );
  const reason = 'runAsNonRoot != true';
  if (who !== '') return violation(reason, `${who} must not set securityContext.runAsNonRoot=false`);
  if (ofPod === true) return null;
  const without = containersThat(pod, (_, context) => context.runAsNonRoot === undefined);
  return without.length === 0
    ? null
    : violation(reason, `pod or ${containersText(without)} must set securityContext.runAsNonRoot=true`);
};

const runAsUser: CheckPod = (pod) => {
  const who = setters(
    pod.spec.securityContext?.runAsUser === 0,
    containersThat(pod, (_, context) => context.runAsUser === 0),
  );
  return who === '' ? null : violation('runAsUser=0', `${who} must not set runAsUser=0`);
};

const baseline = (id: string, ...versions: Check['versions']): Check => ({ id, level: 'baseline', versions });
const restricted = (id: string, overrides: readonly string[], ...versions: Check['versions']): Check => ({
  id,
  level: 'restricted',
  versions,
  overrides,
});

/** In the order in which violations are told: by level, then by id. */
export const CHECKS: readonly Check[] = [
  baseline('appArmorProfile', [0, appArmor]),
  baseline('capabilities_baseline', [
    0,
    (pod) =>
      violation(
        'non-default capabilities',
        addedCapabilities(pod, (name) => DEFAULT_CAPABILITIES.has(name)),
      ),
  ]),
  baseline('hostNamespaces', [0, hostNamespaces]),
  baseline('hostPathVolumes', [0, hostPathVolumes]),
  baseline('hostPorts', [0, hostPorts]),
  baseline('hostProbesAndHostLifecycle', [34, probeHosts]),
  baseline('privileged', [0, privileged]),
  baseline('procMount_baseline', [0, procMount], [35, unless(hasOwnUsers, procMount)]),
  baseline('seLinuxOptions', [0, seLinux(SELINUX_TYPES)], [31, seLinux([...SELINUX_TYPES, 'container_engine_t'])]),
  baseline('seccompProfile_baseline', [0, seccompAnnotations], [19, badSeccomp]),
  baseline(
    'sysctls',
    [0, sysctls(SYSCTLS)],
    [27, sysctls(SYSCTLS_27)],
    [29, sysctls(SYSCTLS_29)],
    [32, sysctls(SYSCTLS_32)],
  ),
  baseline('windowsHostProcess', [0, windowsHostProcess]),
  restricted(
    'allowPrivilegeEscalation',
    [],
    [8, allowPrivilegeEscalation],
    [25, unless(isWindows, allowPrivilegeEscalation)],
  ),
  restricted(
    'capabilities_restricted',
    ['capabilities_baseline'],
    [22, restrictedCapabilities],
    [25, unless(isWindows, restrictedCapabilities)],
  ),
  restricted('procMount_restricted', ['procMount_baseline'], [35, procMount]),
  restricted('restrictedVolumes', ['hostPathVolumes'], [0, restrictedVolumes]),
  restricted('runAsNonRoot', [], [0, runAsNonRoot], [35, unless(hasOwnUsers, runAsNonRoot)]),
  restricted('runAsUser', [], [23, runAsUser], [35, unless(hasOwnUsers, runAsUser)]),
  restricted(
    'seccompProfile_restricted',
    ['seccompProfile_baseline'],
    [19, restrictedSeccomp],
    [25, unless(isWindows, restrictedSeccomp)],
  ),
];
