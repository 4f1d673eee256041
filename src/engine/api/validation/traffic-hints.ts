/**
 * Rules of what asks for hints, and of hints.
 *
 * @source kubernetes pkg/apis/core/validation/validation.go (ValidateService, validateServiceTrafficDistribution),
 * pkg/api/service/warnings.go (GetWarningsForService), pkg/apis/discovery/validation/validation.go (validateHints)
 */
import { duplicate, type FieldError, invalid, notSupported, tooMany } from '../field-error';
import { dnsSubdomainErrors, labelValueErrors } from '../names';
import { TOPOLOGY_AWARE_HINTS, TOPOLOGY_MODE } from '../traffic-hints';
import type { Endpoint, Service } from '../types';
import { invalidAll } from './object-meta';

const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'] as const;
const MAX_HINTS = 8;

type Hints = NonNullable<Endpoint['hints']>;

export function validateTopologyAnnotations({ metadata: { annotations = {} } }: Service): FieldError[] {
  const { [TOPOLOGY_MODE]: mode, [TOPOLOGY_AWARE_HINTS]: older } = annotations;
  if (mode === undefined || older === undefined || mode === older) return [];
  const detail = `must match annotations[${TOPOLOGY_AWARE_HINTS}] when both are specified`;
  return [invalid(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, detail)];
}

export const validateTrafficDistribution = (distribution: string): FieldError[] =>
  (DISTRIBUTIONS as readonly string[]).includes(distribution)
    ? []
    : [notSupported('spec.trafficDistribution', distribution, DISTRIBUTIONS)];

export function serviceWarnings({ metadata, spec }: Service): readonly string[] {
  const warnings: string[] = [];
  if (TOPOLOGY_AWARE_HINTS in (metadata.annotations ?? {}))
    warnings.push(`annotation ${TOPOLOGY_AWARE_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`);
  if (spec.externalName && spec.type !== 'ExternalName')
    warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose')
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  return warnings;
}

/** Too many zones hide what else is wrong. */
export function validateHints({ forZones = [], forNodes = [] }: Hints, field: string): FieldError[] {
  const zones = validateNames(forZones, `${field}.forZones`, labelValueErrors);
  return forZones.length > MAX_HINTS
    ? zones
    : [...zones, ...validateNames(forNodes, `${field}.forNodes`, dnsSubdomainErrors)];
}

function validateNames(
  hints: readonly { name?: string }[],
  field: string,
  rule: (name: string) => readonly string[],
): FieldError[] {
  if (hints.length > MAX_HINTS) return [tooMany(field, hints.length, MAX_HINTS)];
  const names = new Set<string>();
  return hints.flatMap(({ name = '' }, index) => {
    const path = `${field}[${index}].name`;
    const again = names.has(name) ? [duplicate(path, name)] : [];
    names.add(name);
    return [...again, ...invalidAll(path, name, rule(name))];
  });
}
