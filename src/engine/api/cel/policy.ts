/**
 * Expressions of admission: what they may name, and what they must come to.
 *
 * @source kubernetes apiserver/pkg/admission/plugin/cel/{compile,composition}.go
 */
import type { Environment } from './environment';
import { AUTHORIZER, RESOURCE_CHECK } from './library/authorizer';
import { compile, kubernetes, type Program } from './program';
import {
  BOOL,
  DYN,
  INT,
  listOf,
  mapOf,
  NULL,
  objectType,
  outputName,
  sameType,
  STRING,
  TIMESTAMP,
  type Type,
} from './types';

const fields = (name: string, types: Readonly<Record<string, Type>>): Type =>
  objectType(`kubernetes.${name}`, new Map(Object.entries(types)));
const texts = (name: string, ...names: string[]): Type =>
  fields(name, Object.fromEntries(names.map((field) => [field, STRING])));

const KIND = texts('GroupVersionKind', 'group', 'version', 'kind');
const RESOURCE = texts('GroupVersionResource', 'group', 'version', 'resource');

export const REQUEST = fields('AdmissionRequest', {
  kind: KIND,
  resource: RESOURCE,
  subResource: STRING,
  requestKind: KIND,
  requestResource: RESOURCE,
  requestSubResource: STRING,
  name: STRING,
  namespace: STRING,
  operation: STRING,
  userInfo: fields('UserInfo', {
    username: STRING,
    uid: STRING,
    groups: listOf(STRING),
    extra: mapOf(STRING, listOf(STRING)),
  }),
  dryRun: BOOL,
  options: DYN,
});

export const NAMESPACE = fields('Namespace', {
  metadata: fields('NamespaceMetadata', {
    name: STRING,
    generateName: STRING,
    namespace: STRING,
    labels: mapOf(STRING, STRING),
    annotations: mapOf(STRING, STRING),
    UID: STRING,
    creationTimestamp: TIMESTAMP,
    deletionGracePeriodSeconds: INT,
    deletionTimestamp: TIMESTAMP,
    generation: INT,
    resourceVersion: STRING,
    finalizers: listOf(STRING),
  }),
  spec: fields('NamespaceSpec', { finalizers: listOf(STRING) }),
  status: fields('NamespaceStatus', {
    conditions: listOf(
      fields('NamespaceCondition', {
        status: STRING,
        type: STRING,
        lastTransitionTime: TIMESTAMP,
        message: STRING,
        reason: STRING,
      }),
    ),
    phase: STRING,
  }),
});

export type PolicyProgram =
  | { readonly program: Program; readonly error?: undefined }
  /** What is wrong with the expression. */
  | { readonly error: string };

/** What an expression must come to; null: anything. */
type Wanted = readonly Type[] | null;

export const CONDITION: Wanted = [BOOL];
export const MESSAGE: Wanted = [STRING];
export const ANNOTATION: Wanted = [STRING, NULL];

export interface Declared {
  readonly params: boolean;
  readonly authorizer: boolean;
}

interface Named {
  readonly name: string;
  readonly expression: string;
}

/** Compiles the expressions of one policy, or the match conditions of a webhook. */
export class PolicyCompiler {
  /** Types of the variables of a policy so far. */
  readonly #variables = new Map<string, Type>();
  readonly #composed: boolean;

  /** @param composed - expressions may name `variables` */
  constructor(composed: boolean) {
    this.#composed = composed;
  }

  #environment({ params, authorizer }: Declared): Environment {
    return kubernetes().withVariables({
      object: DYN,
      oldObject: DYN,
      namespaceObject: NAMESPACE,
      request: REQUEST,
      ...(params ? { params: DYN } : {}),
      ...(authorizer ? { authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK } : {}),
      ...(this.#composed ? { variables: variablesOf(this.#variables) } : {}),
    });
  }

  compile(expression: string, declared: Declared, wanted: Wanted): PolicyProgram {
    const compiled = compile(expression, this.#environment(declared));
    if (compiled.errors !== undefined) return { error: `compilation failed: ${compiled.errors}` };
    const { program } = compiled;
    if (wanted === null || wanted.some((type) => sameType(type, program.type))) return { program };
    const names = wanted.map(outputName);
    const what = names.length === 1 ? names[0]! : `one of [${names.join(' ')}]`;
    return { error: `must evaluate to ${what} but got ${outputName(program.type)}` };
  }

  /** Compiles a variable, which the expressions after it may name. */
  variable(name: string, expression: string, params: boolean): PolicyProgram {
    const compiled = this.compile(expression, { params, authorizer: true }, null);
    this.#variables.set(name, compiled.error === undefined ? declaredType(compiled.program.type) : DYN);
    return compiled;
  }
}

const variablesOf = (types: ReadonlyMap<string, Type>): Type => objectType('kubernetes.variables', types);

/**
 * What is wrong with an expression of a policy when it is asked about objects of one type; null: nothing.
 *
 * @param params - null: there is none, or none that is known
 */
export function checkExpression(
  expression: string,
  variables: readonly Named[],
  object: Type,
  params: Type | null,
): string | null {
  const types = new Map<string, Type>();
  const environment = (): Environment =>
    kubernetes().withVariables({
      object,
      oldObject: object,
      namespaceObject: NAMESPACE,
      request: REQUEST,
      ...(params === null ? {} : { params }),
      authorizer: AUTHORIZER,
      variables: variablesOf(types),
    });
  for (const { name, expression: own } of variables) {
    const compiled = compile(own, environment());
    types.set(name, compiled.errors === undefined ? declaredType(compiled.program.type) : DYN);
  }
  return compile(expression, environment()).errors ?? null;
}

/** As a variable is known to those after it: plain types, and lists and maps of them. */
function declaredType(type: Type): Type {
  const [first = DYN, second = DYN] = type.params;
  if (type.kind === 'list') return listOf(declaredType(first));
  if (type.kind === 'map') return mapOf(declaredType(first), declaredType(second));
  return ['object', 'opaque', 'type', 'param', 'error'].includes(type.kind) ? DYN : type;
}
