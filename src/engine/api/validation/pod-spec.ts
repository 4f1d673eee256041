/** Rules of a pod's spec, of pods and of templates. @source kubernetes pkg/apis/core/validation/validation.go (ValidatePodSpec) */
import { duplicate, forbidden, invalid, notSupported, required, type FieldError } from '../field-error';
import { lateApi } from '../late';
import { dnsLabelErrors, dnsSubdomainErrors, ipErrors } from '../names';
import type { PodSpec, PodTemplateSpec } from '../types';
import { validateContainers, validateId, validateSeccomp } from './container';
import { invalidAll, validateAnnotations, validateLabels } from './object-meta';
import { validatePodResources } from './resources';
import { validateTolerations } from './scheduling';
import { validateVolumes } from './volumes';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'] as const;
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const;
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'] as const;
const SYSCTL = /^([a-z0-9]([-_a-z0-9]{0,252}[a-z0-9])?[./]){0,20}[a-z0-9]([-_a-z0-9]{0,252}[a-z0-9])?$/;
const SYSCTL_DETAIL =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const MAX_INT32 = 2_147_483_647;

const validPods = new WeakSet<PodSpec>();

/**
 * All rules of a spec. A spec that was found good is remembered, so that writes which do not touch it are cheap.
 *
 * @param isPod - false for templates, which are checked less strictly
 */
export function validatePodSpec(spec: PodSpec, path: string, isPod: boolean): FieldError[] {
  if (isPod && validPods.has(spec)) return [];
  const errors = computeErrors(spec, path, isPod);
  if (isPod && errors.length === 0) validPods.add(spec);
  return errors;
}

function computeErrors(spec: PodSpec, path: string, isPod: boolean): FieldError[] {
  const graceSeconds = spec.terminationGracePeriodSeconds ?? 30;
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name));
  const { affinity, schedulingGates: gates, topologySpreadConstraints: spread } = spec;
  const errors = [
    ...validateVolumes(spec, `${path}.volumes`),
    ...validateContainers({ spec, volumes, graceSeconds, isPod }, path),
    ...validatePodResources(spec, `${path}.resources`),
    ...validateEnum(spec.restartPolicy, RESTART_POLICIES, `${path}.restartPolicy`, true),
    ...validateEnum(spec.dnsPolicy, DNS_POLICIES, `${path}.dnsPolicy`, true),
    ...validateLabels(spec.nodeSelector, `${path}.nodeSelector`),
    ...validateSecurity(spec, `${path}.securityContext`),
    ...(affinity === undefined ? [] : lateApi.code.validateAffinity(affinity, `${path}.affinity`)),
    ...validateDnsConfig(spec, `${path}.dnsConfig`),
    ...(gates === undefined ? [] : lateApi.code.validateSchedulingGates(gates, `${path}.schedulingGates`)),
    ...(spread === undefined
      ? []
      : lateApi.code.validateSpreadConstraints(spread, `${path}.topologySpreadConstraints`)),
    ...validateHostUsers(spec, path),
    ...validateNames(spec, path, isPod),
  ];
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, `must be between 1 and ${MAX_INT32}, inclusive`));
  }
  for (const name of ['hostname', 'subdomain'] as const) {
    const text = spec[name];
    if (text) errors.push(...invalidAll(`${path}.${name}`, text, dnsLabelErrors(text)));
  }
  errors.push(...validateTolerations(spec.tolerations, `${path}.tolerations`));
  for (const [index, alias] of (spec.hostAliases ?? []).entries()) {
    const field = `${path}.hostAliases[${index}]`;
    errors.push(...invalidAll(`${field}.ip`, alias.ip, ipErrors(alias.ip)));
    for (const [at, host] of (alias.hostnames ?? []).entries()) {
      errors.push(...invalidAll(`${field}.hostnames[${at}]`, host, dnsSubdomainErrors(host)));
    }
  }
  for (const name of ['priorityClassName', 'runtimeClassName'] as const) {
    const text = spec[name];
    if (text) errors.push(...invalidAll(`${path}.${name}`, text, dnsSubdomainErrors(text)));
  }
  errors.push(...validateEnum(spec.preemptionPolicy, PREEMPTION_POLICIES, `${path}.preemptionPolicy`, false));
  if (spec.os !== undefined) {
    if (!spec.os.name) errors.push(required(`${path}.os.name`));
    else errors.push(...validateEnum(spec.os.name, ['linux', 'windows'], `${path}.os`, false));
  }
  return errors;
}

function validateEnum(
  value: string | undefined,
  supported: readonly string[],
  field: string,
  needed: boolean,
): FieldError[] {
  if (value === undefined || value === '') return needed ? [required(field)] : [];
  return supported.includes(value) ? [] : [notSupported(field, value, supported)];
}

function validateSecurity(spec: PodSpec, path: string): FieldError[] {
  const context = spec.securityContext;
  const errors: FieldError[] = [];
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${path}.shareProcessNamespace`, true, detail));
  }
  if (context === undefined) return errors;
  for (const name of ['fsGroup', 'runAsUser', 'runAsGroup'] as const) {
    errors.push(...validateId(context[name], `${path}.${name}`));
  }
  for (const [index, group] of (context.supplementalGroups ?? []).entries()) {
    errors.push(...validateId(group, `${path}.supplementalGroups[${index}]`));
  }
  errors.push(
    ...validateEnum(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], `${path}.fsGroupChangePolicy`, false),
  );
  const seen = new Set<string>();
  for (const [index, sysctl] of (context.sysctls ?? []).entries()) {
    const field = `${path}.sysctls[${index}].name`;
    if (!sysctl.name) errors.push(required(field));
    else if (sysctl.name.length > 253 || !SYSCTL.test(sysctl.name))
      errors.push(invalid(field, sysctl.name, SYSCTL_DETAIL));
    else if (seen.has(sysctl.name)) errors.push(duplicate(field, sysctl.name));
    seen.add(sysctl.name);
  }
  return [...errors, ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`)];
}

function validateDnsConfig(spec: PodSpec, path: string): FieldError[] {
  const config = spec.dnsConfig;
  const none = spec.dnsPolicy === 'None';
  if (config === undefined) return none ? [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')] : [];
  const errors: FieldError[] = [];
  const servers = config.nameservers ?? [];
  if (none && servers.length === 0) {
    errors.push(required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'));
  }
  if (servers.length > 3) errors.push(invalid(`${path}.nameservers`, servers, 'must not have more than 3 nameservers'));
  for (const [index, server] of servers.entries()) {
    errors.push(...invalidAll(`${path}.nameservers[${index}]`, server, ipErrors(server)));
  }
  const searches = config.searches ?? [];
  if (searches.length > 32)
    errors.push(invalid(`${path}.searches`, searches, 'must not have more than 32 search paths'));
  if (searches.join(' ').length > 2048) {
    const detail = 'must not have more than 2048 characters (including spaces) in the search list';
    errors.push(invalid(`${path}.searches`, searches, detail));
  }
  for (const [index, option] of (config.options ?? []).entries()) {
    if (!option.name) errors.push(required(`${path}.options[${index}]`, 'must not be empty'));
  }
  return errors;
}

function validateHostUsers(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  return (['hostNetwork', 'hostPID', 'hostIPC'] as const)
    .filter((name) => spec[name] === true)
    .map((name) => forbidden(`${path}.${name}`, 'when `hostUsers` is false'));
}

function validateNames(spec: PodSpec, path: string, isPod: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.serviceAccountName) {
    errors.push(
      ...invalidAll(`${path}.serviceAccountName`, spec.serviceAccountName, dnsSubdomainErrors(spec.serviceAccountName)),
    );
  }
  if (spec.nodeName) {
    errors.push(...invalidAll(`${path}.nodeName`, spec.nodeName, dnsSubdomainErrors(spec.nodeName)));
    if (isPod && (spec.schedulingGates ?? []).length > 0) {
      errors.push(forbidden(`${path}.nodeName`, 'cannot be set until all schedulingGates have been cleared'));
    }
  }
  const override = spec.hostnameOverride;
  if (override !== undefined) {
    if (override.length > 64)
      errors.push(invalid(`${path}.hostnameOverride`, override, 'must be no more than 64 characters'));
    errors.push(...invalidAll(`${path}.hostnameOverride`, override, dnsSubdomainErrors(override)));
    if (spec.setHostnameAsFQDN === true) {
      errors.push(forbidden(`${path}.hostnameOverride`, 'may not be specified when `setHostnameAsFQDN` is true'));
    }
    if (spec.hostNetwork === true) {
      errors.push(forbidden(`${path}.hostnameOverride`, 'may not be specified when `hostNetwork` is true'));
    }
  }
  return errors;
}

const NO_SPEC: PodSpec = { containers: [] };
const validTemplates = new WeakSet<PodTemplateSpec>();

/** Rules of a pod template. */
export function validatePodTemplate(template: PodTemplateSpec, path: string): FieldError[] {
  if (validTemplates.has(template)) return [];
  const errors = [
    ...validateLabels(template.metadata?.labels, `${path}.metadata.labels`),
    ...validateAnnotations(template.metadata?.annotations, `${path}.metadata.annotations`),
    ...validatePodSpec(template.spec ?? NO_SPEC, `${path}.spec`, false),
  ];
  if ((template.spec?.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  }
  if (errors.length === 0) validTemplates.add(template);
  return errors;
}
