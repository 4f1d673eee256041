/** @source kubernetes pkg/registry/core/service/strategy.go, pkg/apis/core/v1/defaults.go */
import type { FieldError } from '../field-error';
import { deepEqual } from '../json';
import { metadataFields, statusOnly, withStatusOf, type KindRules } from '../kind-rules';
import { lateApi } from '../late';
import { dns1035LabelErrors } from '../names';
import { mapShared, withChanges, withDefaults, without } from '../structural-sharing';
import { asksForHints, hasTopologyAnnotation } from '../traffic-hints';
import type { Service } from '../types';
import { validateMetaForUpdate, validateObjectMeta } from '../validation/object-meta';
import { validateServiceSpec, validateServiceUpdate } from '../validation/service';

type Spec = Service['spec'];

const CLIENT_IP_TIMEOUT_SECONDS = 10_800;
const NO_SPEC = {} as Spec;

export const serviceRules: KindRules<Service> = {
  applyDefaults(service) {
    const given = service.spec ?? NO_SPEC;
    const type = given.type ?? 'ClusterIP';
    const affinity = given.sessionAffinity ?? 'None';
    const external = type === 'NodePort' || type === 'LoadBalancer' || (given.externalIPs ?? []).length > 0;
    const spec = withDefaults(given, {
      type,
      sessionAffinity: affinity,
      ...(affinity === 'ClientIP'
        ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: CLIENT_IP_TIMEOUT_SECONDS } } }
        : {}),
      ...(type === 'ExternalName' ? {} : { internalTrafficPolicy: 'Cluster' }),
      ...(external ? { externalTrafficPolicy: 'Cluster' } : {}),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
    });
    if (spec.ports === undefined) return withChanges(service, { spec });
    const ports = mapShared(spec.ports, (port) =>
      withDefaults(
        port.targetPort === 0 || port.targetPort === '' ? withChanges(port, { targetPort: port.port }) : port,
        {
          protocol: 'TCP',
          targetPort: port.port,
        },
      ),
    );
    return withChanges(service, { spec: withChanges(spec, { ports }) });
  },
  /** Addresses and node ports are allocated by the API server's storage, not here. */
  prepareForCreate: (service) => ({ ...service, status: { loadBalancer: {} } }),
  prepareForUpdate(given, old) {
    const next = withoutWhatItsTypeLacks(given, old);
    const kept =
      next.spec.type === 'LoadBalancer' || old.spec.type !== 'LoadBalancer'
        ? withStatusOf(next, old)
        : { ...next, status: { ...old.status, loadBalancer: {} } };
    const { clusterIP, clusterIPs } = kept.spec;
    if (kept.spec.type === 'ExternalName' || clusterIP !== undefined || old.spec.clusterIP === undefined) {
      const single = clusterIP !== undefined && clusterIP !== '' && clusterIPs === undefined;
      return single ? withChanges(kept, { spec: { ...kept.spec, clusterIPs: [clusterIP] } }) : kept;
    }
    return withChanges(kept, { spec: withAllocated(kept.spec, old.spec) });
  },
  prepareForStatusUpdate: statusOnly,
  validate: (service) => [
    ...validateObjectMeta(service, true, dns1035LabelErrors),
    ...validateAnnotations(service),
    ...validateServiceSpec(service.spec),
  ],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, true, dns1035LabelErrors),
    ...validateServiceUpdate(next.spec, old.spec),
    ...validateAnnotations(next),
    ...validateServiceSpec(next.spec),
  ],
  selectableFields: ['metadata.name', 'metadata.namespace', 'spec.clusterIP', 'spec.type'],
  fields: (service) => ({
    ...metadataFields(service),
    'spec.clusterIP': service.spec.clusterIP ?? '',
    'spec.type': service.spec.type ?? '',
  }),
  warnings: (service) =>
    service.spec.externalName || asksForHints(service) ? lateApi.code.serviceWarnings(service) : [],
};

const validateAnnotations = (service: Service): readonly FieldError[] =>
  hasTopologyAnnotation(service) ? lateApi.code.validateTopologyAnnotations(service) : [];

const needsAddress = ({ type }: Spec): boolean => type !== 'ExternalName';

export const needsNodePorts = ({ type, allocateLoadBalancerNodePorts }: Spec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);

/** Whether a port on every node tells load balancers if there is an endpoint. */
export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: Spec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

const isExternal = ({ type, externalIPs }: Spec): boolean =>
  type === 'NodePort' || type === 'LoadBalancer' || (externalIPs ?? []).length > 0;

const nodePortsOf = ({ ports }: Spec): ReadonlySet<number> =>
  new Set((ports ?? []).map(({ nodePort }) => nodePort ?? 0).filter((port) => port > 0));

const isSameSet = (a: ReadonlySet<number>, b: ReadonlySet<number>): boolean =>
  a.size === b.size && [...a].every((item) => b.has(item));

/**
 * What the server had filled in for the type that a Service had, unless the update has changed it too.
 *
 * @source pkg/registry/core/service/strategy.go (dropTypeDependentFields)
 */
function withoutWhatItsTypeLacks(service: Service, { spec: old }: Service): Service {
  const next = service.spec;
  const gone: (keyof Spec)[] = [];
  const drop = (name: keyof Spec, needed: (spec: Spec) => boolean): void => {
    if (needed(old) && !needed(next) && deepEqual(next[name], old[name])) gone.push(name);
  };
  const isBalanced = ({ type }: Spec): boolean => type === 'LoadBalancer';
  drop('clusterIPs', needsAddress);
  if (gone.length > 0) drop('clusterIP', needsAddress);
  drop('ipFamilies', needsAddress);
  drop('ipFamilyPolicy', needsAddress);
  drop('healthCheckNodePort', needsHealthCheckPort);
  drop('allocateLoadBalancerNodePorts', isBalanced);
  drop('loadBalancerClass', isBalanced);
  drop('externalTrafficPolicy', isExternal);
  const spec = without(next, ...gone) as Spec;
  if (!needsNodePorts(old) || needsNodePorts(next) || !isSameSet(nodePortsOf(next), nodePortsOf(old)))
    return withChanges(service, { spec });
  const ports = mapShared(spec.ports ?? [], (port) => without(port, 'nodePort') as typeof port);
  return withChanges(service, { spec: spec.ports === undefined ? spec : withChanges(spec, { ports }) });
}

/** What the server had allocated stays when an update leaves it out. @source pkg/registry/core/service/storage/storage.go (patchAllocatedValues) */
function withAllocated(spec: Spec, old: Spec): Spec {
  const ports = spec.ports?.map((port) => {
    if (port.nodePort !== undefined || spec.type === 'ClusterIP') return port;
    const before = old.ports?.find((item) => item.port === port.port && item.protocol === port.protocol);
    return before?.nodePort === undefined ? port : { ...port, nodePort: before.nodePort };
  });
  const { clusterIP, clusterIPs, ipFamilies, ipFamilyPolicy } = old;
  return {
    ...(ipFamilies === undefined ? {} : { ipFamilies }),
    ...(ipFamilyPolicy === undefined ? {} : { ipFamilyPolicy }),
    ...spec,
    ...(clusterIP === undefined ? {} : { clusterIP }),
    ...(clusterIPs === undefined ? {} : { clusterIPs }),
    ...(ports === undefined ? {} : { ports }),
  };
}
