/**
 * Checks the expressions of a policy against the kinds that it names: what is wrong is told in its status and stops nothing.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/policy/validating/typechecking.go
 * @simplified names of types carry no nanoseconds
 */
import { customResources } from '../custom/custom-resources';
import type { JsonSchema } from '../custom/json-schema';
import { byteOrder } from '../json';
import type { ResourceInfo } from '../resource-info';
import type { ResourceSet } from '../resource-set';
import type { CustomResourceDefinition, ValidatingAdmissionPolicy } from '../types';
import { apiType } from './api-types';
import { checkExpression } from './policy';
import { declaredType } from './schema-types';
import { objectType, type Type } from './types';

type PolicySpec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type Rule = NonNullable<NonNullable<PolicySpec['matchConstraints']>['resourceRules']>[number];

/** A warning of `status.typeChecking.expressionWarnings`. */
export interface ExpressionWarning {
  /** `spec.validations[0].expression`. */
  readonly fieldRef: string;
  readonly warning: string;
}

const MAX_TYPES = 10;

/**
 * What is wrong with the validations and their message expressions, for each kind that a policy names without wildcards.
 *
 * @param builtIn - the kinds that are built in
 * @param definitions - all that there are
 */
export function policyTypeWarnings(
  { spec = {} }: ValidatingAdmissionPolicy,
  builtIn: ResourceSet,
  definitions: readonly CustomResourceDefinition[],
): ExpressionWarning[] {
  const known = [...builtIn.all, ...customResources(definitions)].filter(({ hidden }) => hidden !== true);
  const typed = kindsToCheck(spec, known).flatMap((info) => {
    const type = typeOf(info, definitions);
    return type === null ? [] : [{ ...info, type }];
  });
  const { paramKind, variables = [], validations = [] } = spec;
  const paramInfo = known.find(
    ({ apiVersion, kind }) => apiVersion === paramKind?.apiVersion && kind === paramKind.kind,
  );
  const params = paramInfo === undefined ? null : typeOf(paramInfo, definitions);
  const warned = (field: string, expression: string | undefined): ExpressionWarning[] => {
    if (expression === undefined || expression === '') return [];
    const warnings = typed.flatMap(({ group, version, kind, type }) => {
      const errors = checkExpression(expression, variables, type, params);
      return errors === null ? [] : [`${group}/${version}, Kind=${kind}: ${errors}\n`];
    });
    return warnings.length === 0 ? [] : [{ fieldRef: field, warning: warnings.join('\n') }];
  };
  return validations.flatMap(({ expression, messageExpression }, at) => [
    ...warned(`spec.validations[${at}].expression`, expression),
    ...warned(`spec.validations[${at}].messageExpression`, messageExpression),
  ]);
}

function kindsToCheck({ matchConstraints }: PolicySpec, known: readonly ResourceInfo[]): ResourceInfo[] {
  const found = new Set<ResourceInfo>();
  for (const rule of matchConstraints?.resourceRules ?? []) {
    const matches = kindsOf(rule, known).slice(0, MAX_TYPES);
    for (const info of matches) found.add(info);
    if (matches.length === MAX_TYPES) break;
  }
  return [...found].toSorted(
    (a, b) => byteOrder(a.group, b.group) || byteOrder(a.version, b.version) || byteOrder(a.kind, b.kind),
  );
}

/** The core group stands for any, as upstream looks kinds up. */
function kindsOf(
  { apiGroups = [], apiVersions = [], resources = [] }: Rule,
  known: readonly ResourceInfo[],
): ResourceInfo[] {
  if ([...apiGroups, ...apiVersions].some((name) => name.includes('*'))) return [];
  const named = resources.filter((name) => !/[*/]/.test(name)).toSorted(byteOrder);
  return apiGroups
    .toSorted(byteOrder)
    .flatMap((group) =>
      apiVersions
        .toSorted(byteOrder)
        .flatMap((version) =>
          named.flatMap((name) =>
            known.filter(
              (info) =>
                (group === '' || info.group === group) &&
                info.version === version &&
                (info.resource === name || info.singular === name),
            ),
          ),
        ),
    );
}

/** The type of a kind's objects; null: its definition has no schema that says anything. */
function typeOf(
  { custom, schema, kind, group, version, resource }: ResourceInfo,
  definitions: readonly CustomResourceDefinition[],
): Type | null {
  if (custom === undefined) return apiType(schema, kind);
  const definition = definitions.find(({ spec }) => spec.group === group && spec.names.plural === resource);
  const described = definition?.spec.versions.find(({ name }) => name === version)?.schema?.openAPIV3Schema;
  const declared = declaredType((described ?? { type: 'object' }) as unknown as JsonSchema, true, kind);
  const metadata = apiType('ObjectMeta', `${kind}.metadata`);
  if (declared === null || metadata === null) return null;
  return objectType(kind, new Map([...(declared.type.fields ?? []), ['metadata', metadata]]));
}
