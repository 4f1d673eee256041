/**
 * CustomResourceDefinitions.
 *
 * @source kubernetes apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go,
 *   pkg/apis/apiextensions/v1/defaults.go, pkg/apis/apiextensions/validation/validation.go
 */
import { APPROVAL, approvalOf } from '../custom/api-approval';
import {
  definitionSpecErrors,
  definitionUpdateErrors,
  namesErrors,
  storedVersionErrors,
} from '../custom/definition-rules';
import { isKnownFormat } from '../custom/formats';
import type { JsonSchema } from '../custom/json-schema';
import { schemasIn } from '../custom/schemas-in';
import { type FieldError, invalid, quote, required } from '../field-error';
import { genericRules } from '../generic-rules';
import { semanticEqual } from '../json';
import type { KindRules } from '../kind-rules';
import { withGeneration } from '../kind-rules';
import { hasCondition } from '../meta';
import { dnsSubdomainErrors } from '../names';
import { withChanges, withDefaults } from '../structural-sharing';
import type { CustomResourceDefinition } from '../types';
import { validateMetaForUpdate, validateObjectMeta, validateObjectMetaUpdate } from '../validation/object-meta';

type Definition = CustomResourceDefinition;
type Spec = Definition['spec'];

function withSpecDefaults(spec: Spec): Spec {
  const { names, conversion } = spec;
  const kind = (names as Spec['names'] | undefined)?.kind;
  const service = conversion?.webhook?.clientConfig?.service;
  return withChanges(withDefaults(spec, { conversion: { strategy: 'None' } }), {
    ...(kind ? { names: withDefaults(names, { singular: kind.toLowerCase(), listKind: `${kind}List` }) } : {}),
    ...(service !== undefined && service.port === undefined
      ? {
          conversion: {
            ...conversion!,
            webhook: {
              ...conversion!.webhook!,
              clientConfig: { ...conversion!.webhook!.clientConfig, service: { ...service, port: 443 } },
            },
          },
        }
      : {}),
  });
}

/** The storage version is among those that objects may lie in etcd in. */
function withStoredVersion(definition: Definition): Definition {
  const storage = definition.spec.versions?.find((version) => version.storage)?.name;
  const { storedVersions = [] } = definition.status ?? {};
  if (storage === undefined || storedVersions.includes(storage)) return definition;
  return { ...definition, status: { ...definition.status, storedVersions: [...storedVersions, storage] } };
}

const nameRule =
  ({ spec }: Definition) =>
  (name: string): readonly string[] =>
    name === `${spec.names?.plural ?? ''}.${spec.group}`
      ? dnsSubdomainErrors(name)
      : [...dnsSubdomainErrors(name), 'must be spec.names.plural+"."+spec.group'];

function approvalErrors(definition: Definition, old?: Definition): FieldError[] {
  const approval = approvalOf(definition);
  if (approval === null || (old !== undefined && approvalOf(old)?.reason === approval.reason)) return [];
  const field = `metadata.annotations[${APPROVAL}]`;
  switch (approval.reason) {
    case 'MissingAnnotation':
      return [required(field, approval.message)];
    case 'InvalidAnnotation':
      return [invalid(field, definition.metadata.annotations?.[APPROVAL], approval.message)];
    default:
      return [];
  }
}

/** All but the metadata. */
const contentErrors = (definition: Definition, old?: Definition): FieldError[] => {
  const { spec, status } = definition;
  const preserving = old?.spec.preserveUnknownFields !== true && spec.preserveUnknownFields === true;
  const detail =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [
    ...definitionSpecErrors(spec),
    ...(old === undefined
      ? []
      : definitionUpdateErrors(spec, old.spec, hasCondition(old.status?.conditions, 'Established'))),
    ...namesErrors(status?.acceptedNames, 'status.acceptedNames'),
    ...storedVersionErrors(status?.storedVersions, spec.versions ?? []),
    ...approvalErrors(definition, old),
    ...(preserving ? [invalid('spec.preserveUnknownFields', true, detail)] : []),
  ];
};

/** Formats in a definition's schemas that mean nothing. */
const unknownFormats = ({ spec }: Definition): Set<string> =>
  new Set(
    (spec.versions ?? []).flatMap(({ schema }) =>
      schemasIn((schema?.openAPIV3Schema ?? {}) as unknown as JsonSchema).flatMap(({ type = 'string', format }) =>
        type === 'string' && format && !isKnownFormat(format) ? [format] : [],
      ),
    ),
  );

export const customResourceDefinitionRules: KindRules<Definition> = {
  ...genericRules<Definition>({ clusterScoped: true }),
  applyDefaults: (definition) =>
    withChanges(definition, { spec: withSpecDefaults((definition.spec as Spec | undefined) ?? ({} as Spec)) }),
  prepareForCreate: ({ status: _status, ...definition }) => withStoredVersion(withGeneration(definition, 1)),
  prepareForUpdate(next, old) {
    const { status: _status, ...rest } = next;
    const kept: Definition = old.status === undefined ? rest : { ...rest, status: old.status };
    const changed = !semanticEqual(kept.spec, old.spec);
    return withStoredVersion(withGeneration(kept, (old.metadata.generation ?? 0) + (changed ? 1 : 0)));
  },
  // Metadata may be written, too: so the finalizer goes.
  prepareForStatusUpdate: (next, old) => ({ ...next, spec: old.spec }),
  validate: (definition) => [
    ...validateObjectMeta(definition, false, nameRule(definition)),
    ...contentErrors(definition),
  ],
  validateUpdate: (next, old) => [
    ...validateMetaForUpdate(next, old, false, dnsSubdomainErrors),
    ...contentErrors(next, old),
  ],
  validateStatusUpdate: (next, old) => [
    ...validateObjectMetaUpdate(next, old),
    ...namesErrors(next.status?.acceptedNames, 'status.acceptedNames'),
  ],
  warnings(definition, old) {
    const before = old === undefined ? new Set<string>() : unknownFormats(old);
    return [...unknownFormats(definition)]
      .filter((format) => !before.has(format))
      .map((format) => `unrecognized format ${quote(format)}`);
  },
};
