/**
 * What `pods/ephemeralcontainers` and `pods/resize` may change of a pod, and what they make of it.
 *
 * @source kubernetes pkg/registry/core/pod/strategy.go (podEphemeralContainersStrategy, podResizeStrategy),
 * pkg/apis/core/validation/validation.go (ValidatePodEphemeralContainersUpdate, ValidatePodResize)
 */
import { forbidden, invalid, type FieldError } from '../field-error';
import { semanticEqual } from '../json';
import { nextGeneration, withGeneration, type SubresourceRules } from '../kind-rules';
import { dnsSubdomainErrors } from '../names';
import { isSidecar } from '../pod-resources';
import { computeQosClass } from '../qos-class';
import type { Container, Pod } from '../types';
import { validateMetaForUpdate } from '../validation/object-meta';
import { validatePodSpec } from '../validation/pod-spec';

const MIRROR = 'kubernetes.io/config.mirror';

const withSpec = (old: Pod, spec: Partial<Pod['spec']>): Pod => {
  const next = { ...old, spec: { ...old.spec, ...spec } };
  return withGeneration(next, nextGeneration(next, old));
};

export const ephemeralContainersRules: SubresourceRules<Pod> = {
  prepare(next, old) {
    const { ephemeralContainers = [] } = next.spec;
    const none = ephemeralContainers.length === 0 && (old.spec.ephemeralContainers ?? []).length === 0;
    return none ? old : withSpec(old, { ephemeralContainers });
  },
  /** @simplified upstream appends a diff to the message about a changed container */
  validate(next, old) {
    const errors = [
      ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
      ...validatePodSpec(next.spec, 'spec', true),
    ];
    if (old.metadata.annotations?.[MIRROR] !== undefined)
      return [forbidden('', 'static pods do not support ephemeral containers')];
    for (const before of old.spec.ephemeralContainers ?? []) {
      const after = next.spec.ephemeralContainers?.find(({ name }) => name === before.name);
      const said = `existing ephemeral containers "${before.name}" may not be`;
      if (after === undefined) errors.push(forbidden('spec.ephemeralContainers', `${said} removed\n`));
      else if (!semanticEqual(after, before)) errors.push(forbidden('spec.ephemeralContainers', `${said} changed\n`));
    }
    return errors;
  },
};

const RESIZABLE = ['cpu', 'memory'];

/** Containers with the resources that others of the same name have. */
const resized = (containers: readonly Container[], next: readonly Container[]): Container[] =>
  containers.map((container) => {
    const wanted = next.find(({ name }) => name === container.name);
    if (wanted === undefined || semanticEqual(wanted.resources, container.resources)) return container;
    return wanted.resources === undefined ? container : { ...container, resources: wanted.resources };
  });

export const resizeRules: SubresourceRules<Pod> = {
  prepare(next, old) {
    const containers = resized(old.spec.containers, next.spec.containers);
    const inits = old.spec.initContainers;
    const initContainers = inits === undefined ? undefined : resized(inits, next.spec.initContainers ?? []);
    const same = (a: readonly Container[] | undefined, b: readonly Container[] | undefined): boolean =>
      (a ?? []).every((container, index) => container === b?.[index]);
    if (same(containers, old.spec.containers) && same(initContainers, inits)) return old;
    return withSpec(old, { containers, ...(initContainers === undefined ? null : { initContainers }) });
  },
  /** @simplified upstream appends a diff to the message about other resources */
  validate(next, old) {
    const errors = [
      ...validateMetaForUpdate(next, old, true, dnsSubdomainErrors),
      ...validatePodSpec(next.spec, 'spec', true),
    ];
    if (old.metadata.annotations?.[MIRROR] !== undefined) return [forbidden('', 'static pods cannot be resized')];
    const qosClass = old.status.qosClass ?? computeQosClass(old.spec);
    if (qosClass !== computeQosClass(next.spec))
      errors.push(invalid('spec', qosClass, 'Pod QOS Class may not change as a result of resizing'));
    errors.push(
      ...removals(next.spec.containers, old.spec.containers, 'spec.containers'),
      ...removals(next.spec.initContainers ?? [], old.spec.initContainers ?? [], 'spec.initContainers'),
    );
    for (const [index, before] of (old.spec.initContainers ?? []).entries())
      if (!isSidecar(before) && next.spec.initContainers?.[index] !== before)
        errors.push(
          forbidden(
            `spec.initContainers[${index}].resources`,
            'resources for non-sidecar init containers are immutable',
          ),
        );
    const all = [...next.spec.containers, ...(next.spec.initContainers ?? [])];
    const before = [...old.spec.containers, ...(old.spec.initContainers ?? [])];
    if (all.some((container, index) => !semanticEqual(otherResources(container), otherResources(before[index]))))
      errors.push(forbidden('spec', 'only cpu and memory resources are mutable\n'));
    return errors;
  },
};

function removals(next: readonly Container[], old: readonly Container[], path: string): FieldError[] {
  return old.flatMap((before, index) =>
    (['requests', 'limits'] as const).flatMap((kind) => {
      const after = next[index]?.resources?.[kind] ?? {};
      const removed = Object.keys(before.resources?.[kind] ?? {}).some((name) => after[name] === undefined);
      return removed ? [forbidden(`${path}[${index}].resources.${kind}`, `resource ${kind} cannot be removed`)] : [];
    }),
  );
}

/** All of a container's resources but those that may change. */
function otherResources(container: Container | undefined): unknown {
  const { requests, limits, ...rest } = container?.resources ?? {};
  const others = (list: typeof requests): unknown =>
    Object.fromEntries(Object.entries(list ?? {}).filter(([name]) => !RESIZABLE.includes(name)));
  return { ...rest, requests: others(requests), limits: others(limits) };
}
