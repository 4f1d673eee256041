/**
 * `kubectl create -f`, and how all generators send what they have made.
 *
 * @source kubernetes kubectl/pkg/cmd/create/create.go
 */
import type { JsonObject } from '#engine/api/json';
import { type Call, failed, usage } from '../call/context';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { resourceOfKind } from '../call/discovery';
import { type Given, givenObjects, hasFiles } from '../call/targets';
import { lastAppliedText } from '../last-applied';
import type { Command } from './command';
import { editObjects } from './edit';
import { create, dryRunOf, fieldValidation, tell } from './writing';
import { asWritten } from './writing';

/** Of `create` without a generator. */
export const createCommand: Command = {
  *run(call) {
    if (call.flags.args.length > 0) throw usage(call, `Unexpected args: [${call.flags.args.join(' ')}]`);
    if (!hasFiles(call)) throw failed('must specify one of -f and -k');
    const failures = new Failures();
    fieldValidation(call);
    const given = yield* givenObjects(call, failures);
    if (given.length === 0 && !failures.any) throw failed('no objects passed to create');
    if (call.flags.on('edit')) {
      for (const one of given) yield* editObjects(call, [one], 'create');
      return 0;
    }
    for (const one of given) yield* createOne(call, one, failures);
    failures.tell();
    return 0;
  },
};

function* createOne(call: Call, { resource, namespace, object, source }: Given, failures: Failures): Doing<void> {
  const body = call.flags.on('save-config') ? remembered(object) : object;
  try {
    const made = yield* create(call, resource, namespace, body, {
      doing: `error when creating ${JSON.stringify(source)}`,
    });
    yield* tell(call, resource, made, 'created');
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    failures.add(error);
  }
}

/** With the annotation that `kubectl apply` compares with. */
export function remembered(object: JsonObject): JsonObject {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  const annotations = (metadata['annotations'] ?? {}) as JsonObject;
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': lastAppliedText(object) },
    },
  };
}

/** What a generator has made, on its way: its namespace is written into it only when it was given. */
export function* made(
  call: Call,
  object: JsonObject,
  {
    manager = 'kubectl-create',
    wrapped = null,
    word = 'created',
  }: { readonly manager?: string; readonly wrapped?: string | null; readonly word?: string | null } = {},
): Doing<JsonObject> {
  const resource = yield* resourceOfKind(call, textAt(object, 'apiVersion'), textAt(object, 'kind'));
  if (resource === null)
    throw failed(`no matches for kind "${textAt(object, 'kind')}" in version "${textAt(object, 'apiVersion')}"`);
  const metadata = object['metadata'] as JsonObject;
  const placed = resource.namespaced && call.namespaceGiven ? { ...metadata, namespace: call.namespace } : metadata;
  const whole: JsonObject = { ...object, metadata: placed };
  const body = call.flags.on('save-config') ? remembered(asWritten(whole)) : whole;
  try {
    const answered = yield* create(call, resource, resource.namespaced ? call.namespace : '', body, { manager });
    if (word !== null) yield* tell(call, resource, asWritten(answered), word);
    return answered;
  } catch (error) {
    if (!(error instanceof Failure) || wrapped === null || error.status === null || dryRunOf(call) === 'client')
      throw error;
    throw failed(`failed to create ${wrapped} ${error.status.message ?? ''}`);
  }
}

/** A field that is a text; empty when it is none. */
const textAt = (object: JsonObject, field: string): string => {
  const value = object[field];
  return typeof value === 'string' ? value : '';
};

/** The one name that generators take. @source kubectl/pkg/cmd/create/create.go (NameFromCommandArgs) */
export function nameArgument(call: Call): string {
  const { args, dash } = call.flags;
  const before = dash < 0 ? args : args.slice(0, dash);
  const [name] = before;
  if (before.length !== 1 || name === undefined)
    throw usage(call, `exactly one NAME is required, got ${before.length}`);
  return name;
}

/** Ends the command when a flag that it needs is missing. */
export function required(call: Call, ...names: readonly string[]): void {
  const missing = names.filter((name) => !call.flags.has(name));
  if (missing.length > 0)
    throw failed(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`);
}
