/** What commands that change something share: dry runs, who manages fields, the line that says what became of an object. */
import type { JsonObject } from '#engine/api/json';
import type { RequestSpec } from '#engine/client/client';
import { type Call, failed, want } from '../call/context';
import { kindText, pathOf, type Resource } from '../call/discovery';
import type { Doing } from '../call/effects';
import type { Named } from '../call/targets';
import { printerOf } from '../output/printing';
import { typed } from './typed';

export type DryRun = 'none' | 'client' | 'server';

/** @source kubernetes kubectl/pkg/cmd/util/helpers.go (GetDryRunStrategy) */
export function dryRunOf({ flags, kubectl }: Call): DryRun {
  const given = flags.has('dry-run') ? flags.text('dry-run') : 'none';
  switch (given) {
    case 'none':
    case 'client':
    case 'server':
      return given;
    case 'unchanged':
      kubectl.err(
        'W1121 00:00:00.000000       1 helpers.go:740] --dry-run is deprecated and can be replaced with --dry-run=client.\n',
      );
      return 'client';
    case 'true':
    case 'false':
      kubectl.err(
        `W1121 00:00:00.000000       1 helpers.go:729] --dry-run=${given} is deprecated (boolean value) and can be replaced with --dry-run=${given === 'true' ? 'client' : 'none'}.\n`,
      );
      return given === 'true' ? 'client' : 'none';
    default:
      throw failed(`Invalid dry-run value (${given}). Must be "none", "server", or "client".`);
  }
}

const SUFFIX: Readonly<Record<DryRun, string>> = { none: '', client: ' (dry run)', server: ' (server dry run)' };

export const dryRunSuffix = (call: Call): string => SUFFIX[dryRunOf(call)];

/** The parameters that a write carries. */
export function writeQuery(call: Call, manager: string): Readonly<Record<string, string>> {
  return {
    fieldManager: call.flags.text('field-manager') || manager,
    ...(dryRunOf(call) === 'server' ? { dryRun: 'All' } : {}),
  };
}

/** How strictly fields are taken. @source kubectl/pkg/cmd/util/helpers.go (GetValidationDirective) */
export function fieldValidation({ flags }: Call): string {
  const given = flags.text('validate', 'true').toLowerCase();
  const words: Readonly<Record<string, string>> = {
    true: 'Strict',
    strict: 'Strict',
    warn: 'Warn',
    false: 'Ignore',
    ignore: 'Ignore',
  };
  const found = words[given];
  if (found === undefined)
    throw failed(
      `invalid - validate option ${JSON.stringify(given)}; must be one of: strict (or true), warn, ignore (or false)`,
    );
  return found;
}

/** Says what became of an object: its line, or the object itself in the format of `-o`. */
export function* tell(
  call: Call,
  resource: Pick<Resource, 'kind' | 'group'>,
  object: JsonObject,
  word: string,
): Doing<void> {
  const printer = yield* printerOf(call.flags);
  const name = nameOf(object);
  call.kubectl.out(
    printer === null ? `${kindText(resource)}/${name} ${word}${dryRunSuffix(call)}\n` : printer.prints(object),
  );
}

const nameOf = (object: JsonObject): string =>
  (object['metadata'] as { readonly name?: string } | undefined)?.name ?? '<unknown>';

/** Sends a new object, unless the dry run is the client's own. */
export function* create(
  call: Call,
  resource: Resource,
  namespace: string,
  object: JsonObject,
  { manager = 'kubectl-create', doing = '' }: { readonly manager?: string; readonly doing?: string } = {},
): Doing<JsonObject> {
  if (dryRunOf(call) === 'client') return object;
  return yield* want<JsonObject>(
    call,
    {
      method: 'POST',
      path: pathOf(resource, namespace),
      query: { ...writeQuery(call, manager), fieldValidation: fieldValidation(call) },
      body: object,
    },
    doing,
  );
}

export type PatchType = 'strategic' | 'merge' | 'json' | 'apply';

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export const patchRequest = (
  call: Call,
  { resource, namespace, name }: Named,
  type: PatchType,
  body: unknown,
  manager: string | null,
  subresource = '',
): RequestSpec => {
  const { fieldManager, ...others } = writeQuery(call, manager ?? '');
  return {
    method: 'PATCH',
    path: pathOf(resource, namespace, name, subresource),
    query: { ...others, ...(fieldManager === '' || fieldManager === undefined ? {} : { fieldManager }) },
    contentType: PATCH_TYPES[type],
    body,
  };
};

/** An object that a command has made, as Go writes it. */
export const asWritten = (object: JsonObject): JsonObject => typed(object);
