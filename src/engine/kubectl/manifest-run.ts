/** `kubectl apply -f -` and `kubectl delete -f -`, one object after the other: what to ask next, and what to print. */
import { type ManifestDocument, positionOf } from '#engine/api/manifest-document';
import type { KubeObject, Status } from '#engine/api/types';
import { resourcePath } from '#engine/client/paths';
import type { RequestSpec } from '#engine/client/client';
import { APPLY_MANAGER, applyPatch, applyWarnings, resultName, typeText, withLastApplied } from './apply';
import { errorText } from './error-text';
import type { Item, ItemResource, ManifestRun } from './invocation';
import { groupVersionPath, locate } from './manifest-items';

/** Patches that are refused as outdated before kubectl gives up. @source kubectl pkg/cmd/apply/patcher.go (maxPatchRetry) */
const MAX_PATCH_RETRIES = 5;

/** What the answer that is awaited was asked for. */
export type Stage = 'discover' | 'get' | 'create' | 'patch' | 'delete';

export interface NextRequest {
  readonly stage: Stage;
  readonly request: RequestSpec;
}

export interface StageAnswer {
  readonly stage: Stage;
  readonly ok: boolean;
  readonly code: number;
  readonly body: unknown;
  readonly warnings: readonly string[];
}

const itemOf = (run: ManifestRun): Item | undefined => run.items[run.position];

interface Place {
  readonly info: ItemResource;
  readonly namespace: string;
  readonly name: string;
  readonly collection: string;
  readonly path: string;
}

function place({ object, resource }: Item): Place {
  const info = resource!;
  const namespace = info.namespaced ? (object.metadata?.namespace ?? '') : '';
  const name = object.metadata?.name ?? '';
  const collection = resourcePath(info, namespace);
  return { info, namespace, name, collection, path: `${collection}/${name}` };
}

const unlocated = (run: ManifestRun): Item | undefined => run.items.find(({ resource }) => resource === null);

/** The first request for the item under way, once all kinds are known; null when all items are done. */
export function firstRequest(run: ManifestRun): NextRequest | null {
  const unknown = unlocated(run);
  if (unknown !== undefined)
    return { stage: 'discover', request: { method: 'GET', path: groupVersionPath(unknown.object.apiVersion) } };
  const item = itemOf(run);
  if (item === undefined) return null;
  const { path } = place(item);
  if (run.verb === 'apply') return { stage: 'get', request: { method: 'GET', path } };
  return { stage: 'delete', request: { method: 'DELETE', path, body: { propagationPolicy: 'Background' } } };
}

/** Takes an answer in. @returns the next request, of this item or the next one; null when all items are done */
export function continueRun(run: ManifestRun, answer: StageAnswer): NextRequest | null {
  run.errors.push(...answer.warnings.map((text) => `Warning: ${text}`));
  if (answer.stage === 'discover') {
    locate(run, unlocated(run)!.object.apiVersion, answer);
    return firstRequest(run);
  }
  const item = itemOf(run)!;
  switch (answer.stage) {
    case 'get':
      return afterGet(run, item, answer);
    case 'create':
      return conclude(run, item, answer, 'created', 'error when creating "STDIN"');
    case 'patch':
      return afterPatch(run, item, answer);
    case 'delete':
      return afterDelete(run, item, answer);
  }
}

function afterGet(run: ManifestRun, item: Item, answer: StageAnswer): NextRequest | null {
  const { info, name, collection, path } = place(item);
  if (answer.code === 404) {
    const query = { fieldManager: APPLY_MANAGER, fieldValidation: 'Strict' };
    return {
      stage: 'create',
      request: { method: 'POST', path: collection, query, body: withLastApplied(item.object) },
    };
  }
  if (!answer.ok) {
    return conclude(
      run,
      item,
      answer,
      '',
      `error when retrieving current configuration of:\n${describe(item)}\nfrom server for: "STDIN"`,
    );
  }
  const live = answer.body as KubeObject;
  if (run.conflicts === 0) run.errors.push(...applyWarnings(live, info));
  const patch = applyPatch(live, item.object, info.schema);
  run.patch = patch;
  if (Object.keys(patch).length === 0) return finishItem(run, `${resultName(info, name)} unchanged`);
  const query = { fieldManager: APPLY_MANAGER, fieldValidation: 'Strict' };
  const contentType = `application/${info.schema === null ? 'merge-patch' : 'strategic-merge-patch'}+json`;
  return {
    stage: 'patch',
    request: { method: 'PATCH', path, query, contentType, body: patch },
  };
}

function afterPatch(run: ManifestRun, item: Item, answer: StageAnswer): NextRequest | null {
  if (answer.code === 409 && run.conflicts < MAX_PATCH_RETRIES) {
    run.conflicts++;
    return firstRequest(run);
  }
  const doing = `error when applying patch:\n${JSON.stringify(run.patch)}\nto:\n${describe(item)}\nfor: "STDIN": error when patching "STDIN"`;
  return conclude(run, item, answer, 'configured', doing);
}

function afterDelete(run: ManifestRun, item: Item, answer: StageAnswer): NextRequest | null {
  const { info, namespace, name } = place(item);
  if (!answer.ok) return conclude(run, item, answer, '', 'error when deleting "STDIN"');
  const where = namespace === '' ? '' : ` from ${namespace} namespace`;
  return finishItem(run, `${typeText(info)} "${name}" deleted${where}`);
}

function conclude(run: ManifestRun, item: Item, answer: StageAnswer, word: string, doing: string): NextRequest | null {
  const { info, name } = place(item);
  if (answer.ok) return finishItem(run, `${resultName(info, name)} ${word}`);
  const status = answer.body as Status;
  run.refusals.push({ error: run.errors.length, status });
  run.errors.push(errorText(status, doing));
  run.failures++;
  notePositions(run, item, status);
  run.failed = true;
  return finishItem(run, null);
}

function finishItem(run: ManifestRun, line: string | null): NextRequest | null {
  if (line !== null) run.output.push(line);
  run.position++;
  run.conflicts = 0;
  return firstRequest(run);
}

/** The resource as kubectl names it where a patch or a look fails. */
function describe(item: Item): string {
  const { info, namespace, name } = place(item);
  const group = info.group === '' ? info.version : `${info.group}/${info.version}`;
  const head = `Resource: "${group}, Resource=${info.resource}", GroupVersionKind: "${group}, Kind=${info.kind}"`;
  return `${head}\nName: "${name}", Namespace: "${namespace}"`;
}

/** Where in the text a refused object is wrong: at the fields that the causes name, else at its beginning. */
function notePositions(run: ManifestRun, item: Item, status: Status): void {
  const causes = (status.details?.causes ?? []).filter(
    ({ field }) => field !== undefined && field !== '' && field !== 'patch',
  );
  const named = causes.map(({ field, message }) => ({ path: field!, message: message ?? '' }));
  for (const [, path] of (status.message ?? '').matchAll(/unknown field "([^"]{1,200})"/g)) {
    named.push({ path: path!, message: `unknown field "${path}"` });
  }
  const wrongType = /Go struct field \w{1,100}\.(\S{1,200}) of type/.exec(status.message ?? '');
  if (wrongType !== null)
    named.push({ path: withIndexes(item.document, wrongType[1]!), message: status.message ?? '' });
  if (named.length === 0) named.push({ path: '', message: status.message ?? '' });
  for (const { path, message } of named) run.positions.push({ ...positionOf(item.document, path), message });
}

/** The first field of the document that a path without list indexes, as Go's JSON decoder names it, may mean. */
function withIndexes(document: ManifestDocument, path: string): string {
  for (const known of document.positions.keys()) if (known.replace(/\[\d+\]/g, '') === path) return known;
  return path;
}
