/**
 * What expressions of admission see of a request, and what they come to.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/cel/{activation,condition,composition}.go
 */
import { authorizerValue, resourceCheckValue, type RightsCheck } from '#engine/api/cel/library/authorizer';
import { valueOf } from '#engine/api/cel/json-values';
import { NAMESPACE, type PolicyProgram, REQUEST } from '#engine/api/cel/policy';
import { evaluate } from '#engine/api/cel/program';
import { fail, LazyMap, type Value } from '#engine/api/cel/values';
import type { JsonObject, JsonValue } from '#engine/api/json';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import { serviceAccountGroups, serviceAccountName } from '../../authentication/service-account-token';
import { scaleOf } from '../../scale-of';
import { inVersion } from '../../served';
import type { Surroundings } from '../../surroundings';
import type { AdmissionRequest } from '../plugin';
import type { Asked } from './match';

const OPERATIONS = { create: 'CREATE', update: 'UPDATE', delete: 'DELETE', connect: 'CONNECT' } as const;

/** The request with its two objects: of a `scale` they are Scales. */
export function askedOf(request: AdmissionRequest, object: KubeObject): Asked {
  const { verb, old, operation, subresource } = request;
  const given = (operation.body as Partial<KubeObject> | null)?.metadata?.name ?? '';
  const seen = (one: KubeObject | undefined): KubeObject | undefined =>
    one !== undefined && subresource === 'scale' ? (scaleOf(request.info, one) as KubeObject) : one;
  return {
    request,
    operation: OPERATIONS[verb],
    object: verb === 'delete' ? undefined : seen(object),
    old: seen(old),
    name: operation.name || given,
  };
}

const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
const OPTIONS = { create: 'CreateOptions', update: 'UpdateOptions', delete: 'DeleteOptions' } as const;

function requestJson({ request, operation, name }: Asked, matched: ResourceInfo): JsonObject {
  const { info, namespace, subresource, verb, takes } = request;
  const { asker, options, manager } = request.operation;
  const kindOf = (of: ResourceInfo): JsonObject => {
    const { group, version, kind } = takes ?? (subresource === 'scale' ? SCALE : of);
    return { group, version, kind };
  };
  const resourceOf = ({ group, version, resource }: ResourceInfo): JsonObject => ({ group, version, resource });
  const { username, uid, groups, extra } = asker.user;
  const { dryRun } = options;
  return {
    kind: kindOf(matched),
    resource: resourceOf(matched),
    ...(subresource === '' ? {} : { subResource: subresource, requestSubResource: subresource }),
    requestKind: kindOf(info),
    requestResource: resourceOf(info),
    ...(name === '' ? {} : { name }),
    ...(namespace === '' ? {} : { namespace }),
    operation,
    userInfo: {
      ...(username === '' ? {} : { username }),
      ...(uid === undefined ? {} : { uid }),
      ...(groups.length === 0 ? {} : { groups }),
      ...(extra === undefined ? {} : { extra }),
    },
    dryRun,
    ...(verb === 'connect'
      ? {}
      : {
          options: {
            kind: OPTIONS[verb],
            apiVersion: 'meta.k8s.io/v1',
            ...(verb === 'delete' ? {} : { fieldManager: manager }),
            ...(dryRun ? { dryRun: ['All'] } : {}),
          },
        }),
  };
}

function namespaceJson({ request }: Asked, around: Surroundings): JsonValue {
  if (request.namespace === '' || request.info.store === 'namespaces') return null;
  return (around.find('namespaces', '', request.namespace) ?? null) as JsonValue;
}

function authorizers({ request, name }: Asked, around: Surroundings): readonly [Value, Value] {
  const ask = ({ serviceAccount, ...attributes }: RightsCheck) =>
    around.authorize({
      ...attributes,
      user:
        serviceAccount === null
          ? request.operation.asker.user
          : {
              username: serviceAccountName(serviceAccount.namespace, serviceAccount.name),
              groups: serviceAccountGroups(serviceAccount.namespace),
            },
    });
  const { info, subresource, namespace } = request;
  const { group, resource } = info;
  return [authorizerValue(ask), resourceCheckValue(ask, { group, resource, subresource, namespace, name })];
}

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

/** No further expression is evaluated. */
export class OutOfBudget extends Error {
  constructor() {
    super(OUT_OF_BUDGET);
  }
}

export interface Result {
  readonly value?: Value;
  readonly error?: string;
}

/** The variables of a policy by name, in order. */
export type PolicyVariables = ReadonlyMap<string, PolicyProgram>;

/** What expressions are evaluated on. The variables of a policy are worked out once for all expressions of one kind. */
export class Activation {
  readonly #values: Readonly<Record<string, Value>>;
  /** What variables have cost since it was last asked. */
  #composed = 0;

  constructor(
    asked: Asked,
    matched: ResourceInfo,
    around: Surroundings,
    given: {
      readonly params: KubeObject | null;
      readonly authorizer: boolean;
      readonly variables?: PolicyVariables;
    },
  ) {
    const { object, old, request } = asked;
    const isOwn = request.takes !== undefined || request.subresource === 'scale';
    const seen = (one: KubeObject | undefined): Value =>
      one === undefined ? null : valueOf((isOwn ? one : inVersion(matched, one)) as unknown as JsonValue);
    const [authorizer, requestResource] = given.authorizer ? authorizers(asked, around) : [null, null];
    const values: Record<string, Value> = {
      object: seen(object),
      oldObject: seen(old),
      request: valueOf(requestJson(asked, matched), REQUEST),
      namespaceObject: valueOf(namespaceJson(asked, around), NAMESPACE),
      params: valueOf(given.params as unknown as JsonValue),
      ...(given.authorizer ? { authorizer, 'authorizer.requestResource': requestResource } : {}),
    };
    if (given.variables !== undefined) values['variables'] = this.#variables(given.variables);
    this.#values = values;
  }

  #variables(programs: PolicyVariables): Value {
    const known = new Map<string, Value>();
    return new LazyMap([...programs.keys()], (name) => {
      let value = known.get(name);
      if (value === undefined) {
        value = this.#variable(name, programs.get(name)!);
        known.set(name, value);
      }
      return value;
    });
  }

  #variable(name: string, compiled: PolicyProgram): Value {
    const shown = JSON.stringify(name);
    if (compiled.error !== undefined) return fail(`composited variable ${shown} fails to compile: ${compiled.error}`);
    const { value, error, cost } = evaluate(compiled.program, this.#values);
    this.#composed += cost;
    return error === undefined ? value! : fail(`composited variable ${shown} fails to evaluate: ${error}`);
  }

  /**
   * Evaluates expressions in turn; null stands for none.
   *
   * @returns their results, and what is left of the budget
   * @throws OutOfBudget
   */
  evaluate(programs: readonly ((PolicyProgram & { readonly source: string }) | null)[], budget: number) {
    let left = budget;
    const results = programs.map((compiled): Result => {
      if (compiled === null) return {};
      if (compiled.error !== undefined) return { error: `compilation error: ${compiled.error}` };
      const { value, error, cost } = evaluate(compiled.program, this.#values);
      left -= this.#composed + cost;
      this.#composed = 0;
      if (left < 0) throw new OutOfBudget();
      if (error === undefined) return { value: value! };
      return { error: `expression '${compiled.source}' resulted in error: ${error}` };
    });
    return { results, left };
  }
}

const CONDITION_BUDGET = 2_500_000;

export type Conditions = readonly (PolicyProgram & { readonly source: string })[];

/** Whether all conditions hold; errors when none is false and some cannot be told. */
export function conditionsHold(conditions: Conditions, activation: Activation): boolean | string {
  let results: readonly Result[];
  try {
    ({ results } = activation.evaluate(conditions, CONDITION_BUDGET));
  } catch (error) {
    if (error instanceof OutOfBudget) return error.message;
    throw error;
  }
  if (results.some(({ value }) => value === false)) return false;
  const errors = [...new Set(results.flatMap(({ error }) => (error === undefined ? [] : [error])))];
  if (errors.length === 0) return true;
  return errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`;
}
