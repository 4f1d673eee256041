/**
 * Defaults of pods and templates. What is already there is shared; a spec that needs nothing is answered as it is.
 * @source kubernetes pkg/apis/core/v1/{defaults,zz_generated.defaults}.go
 */
import { mapShared, withChanges, withDefaults } from '../structural-sharing';
import { roundedToMilli, type Quantity } from '../quantity';
import type { Container, PodSpec, PodTemplateSpec, Probe } from '../types';
import { imagePullPolicyFor } from './image';

type Volume = NonNullable<PodSpec['volumes']>[number];
type Resources = NonNullable<Container['resources']>;
type EnvVar = NonNullable<Container['env']>[number];
type Port = NonNullable<Container['ports']>[number];

const MODE = 420;

/** A map of quantities, canonical and rounded up to thousandths. */
export function defaultResourceList(list: Record<string, Quantity>): Record<string, Quantity> {
  let result: Record<string, Quantity> | undefined;
  for (const name in list) {
    const text = roundedToMilli(list[name] ?? 0);
    if (text !== list[name]) {
      result ??= { ...list };
      result[name] = text;
    }
  }
  return result ?? list;
}

function defaultResources(resources: Resources, copyLimits: boolean): Resources {
  const limits = resources.limits && defaultResourceList(resources.limits);
  let requests = resources.requests && defaultResourceList(resources.requests);
  if (copyLimits && limits !== undefined) requests = withDefaults(requests ?? {}, limits);
  return withChanges(resources, {
    ...(limits === undefined ? {} : { limits }),
    ...(requests === undefined ? {} : { requests }),
  });
}

function defaultProbe(probe: Probe): Probe {
  const defaulted = withDefaults(probe, {
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return withChanges(defaulted, {
    ...(probe.httpGet === undefined ? {} : { httpGet: withDefaults(probe.httpGet, { path: '/', scheme: 'HTTP' }) }),
    ...(probe.grpc === undefined ? {} : { grpc: withDefaults(probe.grpc, { service: '' }) }),
  });
}

type Lifecycle = NonNullable<Container['lifecycle']>;
type Handler = NonNullable<Lifecycle['postStart']>;

const defaultHandler = (handler: Handler): Handler =>
  handler.httpGet === undefined
    ? handler
    : withChanges(handler, { httpGet: withDefaults(handler.httpGet, { path: '/', scheme: 'HTTP' }) });

const defaultLifecycle = (lifecycle: Lifecycle): Lifecycle =>
  withChanges(lifecycle, {
    ...(lifecycle.postStart === undefined ? {} : { postStart: defaultHandler(lifecycle.postStart) }),
    ...(lifecycle.preStop === undefined ? {} : { preStop: defaultHandler(lifecycle.preStop) }),
  });

const defaultEnv = (variable: EnvVar): EnvVar =>
  variable.valueFrom?.fieldRef === undefined || variable.valueFrom.fieldRef.apiVersion !== undefined
    ? variable
    : {
        ...variable,
        valueFrom: { ...variable.valueFrom, fieldRef: { ...variable.valueFrom.fieldRef, apiVersion: 'v1' } },
      };

function defaultPort(port: Port, spec: PodSpec, isPod: boolean): Port {
  const defaults: Partial<Port> =
    isPod && spec.hostNetwork === true ? { protocol: 'TCP', hostPort: port.containerPort } : { protocol: 'TCP' };
  return withDefaults(port, defaults);
}

/** @param copyLimits - requests that are absent become the limits (regular and init containers of pods) */
function defaultContainer<C extends Container>(container: C, spec: PodSpec, isPod: boolean, copyLimits: boolean): C {
  const { ports, env, resources, livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  const defaulted = withDefaults<Container>(container, {
    imagePullPolicy: imagePullPolicyFor(container.image ?? ''),
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  return withChanges<Container>(defaulted, {
    ...(ports === undefined ? {} : { ports: mapShared(ports, (port) => defaultPort(port, spec, isPod)) }),
    ...(env === undefined ? {} : { env: mapShared(env, defaultEnv) }),
    ...(resources === undefined ? {} : { resources: defaultResources(resources, copyLimits) }),
    ...(livenessProbe === undefined ? {} : { livenessProbe: defaultProbe(livenessProbe) }),
    ...(readinessProbe === undefined ? {} : { readinessProbe: defaultProbe(readinessProbe) }),
    ...(startupProbe === undefined ? {} : { startupProbe: defaultProbe(startupProbe) }),
    ...(lifecycle === undefined ? {} : { lifecycle: defaultLifecycle(lifecycle) }),
  }) as C;
}

const DISKS: Readonly<Record<string, object>> = {
  rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' },
  azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' },
  iscsi: { iscsiInterface: 'default' },
};

/** Fills in the sources of volumes that are disks of one kind or another, of pods and of PersistentVolumes alike. */
export function withDiskDefaults<T extends object>(volume: T): T {
  let filled: Readonly<Record<string, unknown>> = volume as Readonly<Record<string, unknown>>;
  for (const name in DISKS) {
    const disk = filled[name] as object | undefined;
    if (disk !== undefined) filled = withChanges(filled, { [name]: withDefaults(disk, DISKS[name] ?? {}) });
  }
  return filled as T;
}

function defaultVolume(volume: Volume): Volume {
  const { secret, configMap, downwardAPI, projected, hostPath, image } = volume;
  if (Object.keys(volume).length === ('name' in volume ? 1 : 0)) return { ...volume, emptyDir: {} };
  return withChanges(withDiskDefaults(volume), {
    ...(secret === undefined ? {} : { secret: withDefaults(secret, { defaultMode: MODE }) }),
    ...(configMap === undefined ? {} : { configMap: withDefaults(configMap, { defaultMode: MODE }) }),
    ...(downwardAPI === undefined
      ? {}
      : { downwardAPI: defaultDownwardApi(withDefaults(downwardAPI, { defaultMode: MODE })) }),
    ...(projected === undefined ? {} : { projected: defaultProjected(withDefaults(projected, { defaultMode: MODE })) }),
    ...(hostPath === undefined ? {} : { hostPath: withDefaults(hostPath, { type: '' }) }),
    ...(image === undefined
      ? {}
      : { image: withDefaults(image, { pullPolicy: imagePullPolicyFor(image.reference ?? '') }) }),
  });
}

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

const defaultDownwardApi = <T extends { items?: DownwardItems }>(source: T): T =>
  source.items === undefined
    ? source
    : (withChanges<{ items?: DownwardItems }>(source, {
        items: mapShared(source.items, (item) =>
          item.fieldRef === undefined
            ? item
            : withChanges(item, { fieldRef: withDefaults(item.fieldRef, { apiVersion: 'v1' }) }),
        ),
      }) as T);

function defaultProjected(projected: NonNullable<Volume['projected']>): NonNullable<Volume['projected']> {
  if (projected.sources === undefined) return projected;
  const sources = mapShared(projected.sources, (source) =>
    withChanges(source, {
      ...(source.serviceAccountToken === undefined
        ? {}
        : { serviceAccountToken: withDefaults(source.serviceAccountToken, { expirationSeconds: 3600 }) }),
      ...(source.downwardAPI === undefined ? {} : { downwardAPI: defaultDownwardApi(source.downwardAPI) }),
    }),
  );
  return withChanges(projected, { sources });
}

const NO_SPEC: PodSpec = Object.freeze({ containers: [] });
const defaulted = { pod: new WeakMap<PodSpec, PodSpec>(), template: new WeakMap<PodSpec, PodSpec>() };

/**
 * A spec with all its defaults. Defaulted specs are remembered, so that writes which do not touch them cost nothing, and
 * what a thousand pods get of one template is one spec.
 *
 * @param isPod - templates get neither requests from limits nor enableServiceLinks nor host ports
 */
export function defaultPodSpec(spec: PodSpec, isPod: boolean): PodSpec {
  const known = isPod ? defaulted.pod : defaulted.template;
  const before = known.get(spec);
  if (before !== undefined) return before;
  const base = withDefaults(spec, {
    containers: [],
    dnsPolicy: 'ClusterFirst',
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...(isPod ? { enableServiceLinks: true } : {}),
  });
  const { containers, initContainers, ephemeralContainers, volumes, overhead } = spec;
  const result = withChanges(base, {
    ...(containers === undefined
      ? {}
      : { containers: mapShared(containers, (container) => defaultContainer(container, spec, isPod, isPod)) }),
    ...(initContainers === undefined
      ? {}
      : { initContainers: mapShared(initContainers, (container) => defaultContainer(container, spec, isPod, isPod)) }),
    ...(ephemeralContainers === undefined
      ? {}
      : {
          ephemeralContainers: mapShared(ephemeralContainers, (container) =>
            defaultContainer(container as Container, spec, isPod, false),
          ),
        }),
    ...(volumes === undefined ? {} : { volumes: mapShared(volumes, defaultVolume) }),
    ...(overhead === undefined ? {} : { overhead: defaultResourceList(overhead) }),
    ...serviceAccountNames(spec),
  });
  known.set(spec, result).set(result, result);
  return result;
}

/** The deprecated `serviceAccount` mirrors `serviceAccountName`. */
function serviceAccountNames(spec: PodSpec): Partial<PodSpec> {
  const name = spec.serviceAccountName ?? spec.serviceAccount;
  return name === undefined ? {} : { serviceAccountName: name, serviceAccount: name };
}

/** Defaults of a pod template. */
export const defaultPodTemplate = (template: PodTemplateSpec): PodTemplateSpec =>
  withChanges(template, { spec: defaultPodSpec(template.spec ?? NO_SPEC, false) });
