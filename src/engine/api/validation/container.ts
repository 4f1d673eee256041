/** Rules of containers, init containers and ephemeral containers. @source kubernetes pkg/apis/core/validation/validation.go (validateContainers) */
import {
  duplicate,
  forbidden,
  goInternal,
  type GoShape,
  invalid,
  notFoundValue,
  notSupported,
  required,
  type FieldError,
} from '../field-error';
import { dnsLabelErrors, portNameErrors, portNumberErrors } from '../names';
import { isSidecar } from '../pod-resources';
import type { Container, PodSpec } from '../types';
import { validateEnv, validateEnvFrom } from './environment';
import { invalidAll } from './object-meta';
import { validateHooksAndProbes } from './probe';
import { validateResourceRequirements } from './resources';
import { validateVolumeMounts } from './volumes';

type EphemeralContainer = NonNullable<PodSpec['ephemeralContainers']>[number];

/** What the rules of a container need to know of its pod. */
export interface PodContext {
  readonly spec: PodSpec;
  readonly volumes: ReadonlySet<string>;
  readonly graceSeconds: number;
  /** A pod itself, not a template: stricter in a few places. */
  readonly isPod: boolean;
}

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'] as const;
const TERMINATION_POLICIES = ['File', 'FallbackToLogsOnError'] as const;
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'] as const;
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer'] as const;
const SECCOMP_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined'] as const;
const PROC_MOUNTS = ['Default', 'Unmasked'] as const;

const PROFILE: GoShape = { Type: '', LocalhostProfile: null };
/** @source kubernetes pkg/apis/core/types.go (SecurityContext) */
const SECURITY: GoShape = {
  Capabilities: { Add: null, Drop: null },
  Privileged: null,
  SELinuxOptions: { User: '', Role: '', Type: '', Level: '' },
  WindowsOptions: { GMSACredentialSpecName: null, GMSACredentialSpec: null, RunAsUserName: null, HostProcess: null },
  RunAsUser: null,
  RunAsGroup: null,
  RunAsNonRoot: null,
  ReadOnlyRootFilesystem: null,
  AllowPrivilegeEscalation: null,
  ProcMount: null,
  SeccompProfile: PROFILE,
  AppArmorProfile: PROFILE,
};

const oneOf = (value: string | undefined, supported: readonly string[]): boolean =>
  value !== undefined && supported.includes(value);

function validateCommon(container: Container, context: PodContext, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { name, image } = container;
  if (!name) errors.push(required(`${path}.name`));
  else errors.push(...invalidAll(`${path}.name`, name, dnsLabelErrors(name)));
  if (!image) errors.push(required(`${path}.image`));
  else if (context.isPod && image.trim() !== image) {
    errors.push(invalid(`${path}.image`, image, 'must not have leading or trailing whitespace'));
  }
  const termination = container.terminationMessagePolicy;
  if (termination !== undefined && !oneOf(termination, TERMINATION_POLICIES)) {
    errors.push(notSupported(`${path}.terminationMessagePolicy`, termination, TERMINATION_POLICIES));
  }
  errors.push(...validatePorts(container, context, `${path}.ports`));
  errors.push(...validateEnv(container.env, `${path}.env`), ...validateEnvFrom(container.envFrom, `${path}.envFrom`));
  errors.push(...validateVolumeMounts(container, context.volumes, `${path}.volumeMounts`));
  const pullPolicy = container.imagePullPolicy;
  if (pullPolicy !== undefined && !oneOf(pullPolicy, PULL_POLICIES)) {
    errors.push(notSupported(`${path}.imagePullPolicy`, pullPolicy, PULL_POLICIES));
  }
  errors.push(...validateResourceRequirements(container.resources, `${path}.resources`));
  errors.push(...validateResizePolicy(container, context, `${path}.resizePolicy`));
  errors.push(...validateSecurityContext(container, context, `${path}.securityContext`));
  return errors;
}

function validatePorts(container: Container, { spec, isPod }: PodContext, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  for (const [index, port] of (container.ports ?? []).entries()) {
    const field = `${path}[${index}]`;
    if (port.name) {
      const nameErrors = invalidAll(`${field}.name`, port.name, portNameErrors(port.name));
      errors.push(...nameErrors);
      if (nameErrors.length === 0 && names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${field}.containerPort`));
    else errors.push(...invalidAll(`${field}.containerPort`, port.containerPort, portNumberErrors(port.containerPort)));
    const hostPort = port.hostPort ?? 0;
    if (hostPort !== 0) errors.push(...invalidAll(`${field}.hostPort`, hostPort, portNumberErrors(hostPort)));
    if (spec.hostNetwork === true && hostPort !== port.containerPort && (isPod || hostPort !== 0)) {
      errors.push(invalid(`${field}.hostPort`, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
    }
    const protocol = port.protocol ?? '';
    if (protocol === ('' as string)) errors.push(required(`${field}.protocol`));
    else if (!oneOf(protocol, PROTOCOLS)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
  }
  return errors;
}

function validateResizePolicy(container: Container, { spec }: PodContext, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const policy of container.resizePolicy ?? []) {
    if (seen.has(policy.resourceName)) errors.push(duplicate(path, policy.resourceName));
    seen.add(policy.resourceName);
    if (!oneOf(policy.resourceName, ['cpu', 'memory'])) {
      errors.push(notSupported(path, policy.resourceName, ['cpu', 'memory']));
    }
    if (!oneOf(policy.restartPolicy, RESIZE_POLICIES)) {
      errors.push(notSupported(path, policy.restartPolicy, RESIZE_POLICIES));
    }
    if (spec.restartPolicy === 'Never' && policy.restartPolicy !== 'NotRequired') {
      errors.push(invalid(path, policy.restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"));
    }
  }
  return errors;
}

const MAX_ID = 2_147_483_647;

/** A user or group id. */
export const validateId = (id: number | undefined, field: string): FieldError[] =>
  id !== undefined && (id < 0 || id > MAX_ID) ? [invalid(field, id, `must be between 0 and ${MAX_ID}, inclusive`)] : [];

interface SeccompProfile {
  readonly type: string;
  readonly localhostProfile?: string;
}

export function validateSeccomp(profile: SeccompProfile | undefined, path: string): FieldError[] {
  if (profile === undefined) return [];
  if (!profile.type) return [required(`${path}.type`, 'type is required when seccompProfile is set')];
  if (!oneOf(profile.type, SECCOMP_TYPES)) return [notSupported(`${path}.type`, profile.type, SECCOMP_TYPES)];
  if (profile.type === 'Localhost') {
    return profile.localhostProfile
      ? []
      : [required(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')];
  }
  return profile.localhostProfile === undefined
    ? []
    : [invalid(`${path}.localhostProfile`, profile.localhostProfile, 'can only be set when seccomp type is Localhost')];
}

function validateSecurityContext(container: Container, { spec }: PodContext, path: string): FieldError[] {
  const context = container.securityContext;
  if (context === undefined) return [];
  const errors = [
    ...validateId(context.runAsUser, `${path}.runAsUser`),
    ...validateId(context.runAsGroup, `${path}.runAsGroup`),
  ];
  if (context.procMount !== undefined) {
    if (!oneOf(context.procMount, PROC_MOUNTS)) {
      errors.push(notSupported(`${path}.procMount`, context.procMount, PROC_MOUNTS));
    } else if (context.procMount === 'Unmasked' && spec.hostUsers !== false) {
      errors.push(invalid(`${path}.procMount`, context.procMount, '`hostUsers` must be false to use `Unmasked`'));
    }
  }
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) {
      errors.push(
        invalid(
          path,
          goInternal(context, SECURITY),
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        ),
      );
    }
    if (context.capabilities?.add?.includes('CAP_SYS_ADMIN')) {
      const detail = 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
      errors.push(invalid(path, goInternal(context, SECURITY), detail));
    }
  }
  return errors;
}

function validateRestartPolicy(container: Container, path: string): FieldError[] {
  const policy = container.restartPolicy;
  if (policy !== undefined && !oneOf(policy, RESTART_POLICIES)) {
    return [notSupported(`${path}.restartPolicy`, policy, RESTART_POLICIES)];
  }
  return policy === undefined && (container.restartPolicyRules ?? []).length > 0
    ? [required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
    : [];
}

/** `hostPort` may be taken once per protocol and address. */
function hostPortConflicts(containers: readonly Container[], path: string, taken: Set<string>): FieldError[] {
  return containers.flatMap((container, index) =>
    (container.ports ?? []).flatMap((port, at) => {
      if (!port.hostPort) return [];
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) return [duplicate(`${path}[${index}].ports[${at}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

/** Containers, init containers and ephemeral containers of a pod or template. */
export function validateContainers(context: PodContext, path: string): FieldError[] {
  const { spec, graceSeconds } = context;
  const containers = spec.containers ?? [];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  if (containers.length === 0) errors.push(required(`${path}.containers`));
  const repeated = (container: Container, field: string): FieldError[] => {
    if (names.has(container.name)) return [duplicate(`${field}.name`, container.name)];
    if (container.name) names.add(container.name);
    return [];
  };
  for (const [index, container] of containers.entries()) {
    const field = `${path}.containers[${index}]`;
    errors.push(...validateCommon(container, context, field), ...repeated(container, field));
    errors.push(...validateHooksAndProbes(container, field, graceSeconds), ...validateRestartPolicy(container, field));
  }
  errors.push(...hostPortConflicts(containers, `${path}.containers`, new Set()));
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const field = `${path}.initContainers[${index}]`;
    errors.push(...validateCommon(container, context, field), ...repeated(container, field));
    if (isSidecar(container)) {
      errors.push(...validateHooksAndProbes(container, field, graceSeconds));
    } else {
      for (const name of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
        if (container[name] === undefined) continue;
        errors.push(forbidden(`${field}.${name}`, 'may not be set for init containers without restartPolicy=Always'));
      }
    }
    errors.push(...validateRestartPolicy(container, field));
    errors.push(...hostPortConflicts([container], `${path}.initContainers`, new Set()));
  }
  return [...errors, ...validateEphemeral(spec.ephemeralContainers ?? [], context, names, path)];
}

const EPHEMERAL_FORBIDDEN = [
  'ports',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
  'resources',
  'resizePolicy',
] as const;

function validateEphemeral(
  containers: readonly EphemeralContainer[],
  context: PodContext,
  names: Set<string>,
  path: string,
): FieldError[] {
  const targets = new Set([...context.spec.containers, ...(context.spec.initContainers ?? [])].map(({ name }) => name));
  return containers.flatMap((container, index) => {
    const field = `${path}.ephemeralContainers[${index}]`;
    const errors = validateCommon(container, context, field);
    if (names.has(container.name)) errors.push(duplicate(`${field}.name`, container.name));
    names.add(container.name);
    if (container.targetContainerName && !targets.has(container.targetContainerName)) {
      errors.push(notFoundValue(`${field}.targetContainerName`, container.targetContainerName));
    }
    for (const name of EPHEMERAL_FORBIDDEN) {
      if (container[name] === undefined || Object.keys(container[name] ?? {}).length === 0) continue;
      errors.push(forbidden(`${field}.${name}`, 'cannot be set for an Ephemeral Container'));
    }
    return errors;
  });
}
