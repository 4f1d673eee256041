/**
 * `kubectl edit`, and the editing of `create --edit` and `apply edit-last-applied`: objects as a file, an editor, what was changed.
 *
 * @source kubernetes kubectl/pkg/cmd/util/editor/{editor,editoptions}.go
 */
import { canonicalJson, deepEqual, isJsonObject, type JsonObject } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { parseManifest } from '#engine/api/manifest';
import { patchSchemaOf } from '#engine/api/patch/strategies';
import { resourceByKind } from '#engine/api/registry';
import type { KubeObject, Status } from '#engine/api/types';
import { ask, type Call, failed, statusOf } from '../call/context';
import { resourceOfKind, resourceText } from '../call/discovery';
import { type Doing, edit, Failure, program, random, readFile, writeFile } from '../call/effects';
import { Failures, statusText } from '../call/errors';
import { type Found, type Given, hasFiles, nothingGiven, objectsOf } from '../call/targets';
import { LAST_APPLIED } from '../last-applied';
import { jsonText } from '../output/printing';
import { yamlText } from '../output/yaml';
import type { Command } from './command';
import { keepAsApplied } from './last-applied';
import { create, fieldValidation, patchRequest, tell } from './writing';

/** What becomes of what was edited. */
type Mode = 'normal' | 'create' | 'apply';

const OBJECT_HEADER = [
  "# Please edit the object below. Lines beginning with a '#' will be ignored,",
  '# and an empty file will abort the edit. If an error occurs while saving this file will be',
  '# reopened with the relevant failures.',
  '#',
];
const APPLIED_HEADER = [
  "# Please edit the 'last-applied-configuration' annotations below.",
  "# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.",
  '#',
];

export const editCommand: Command = {
  *run(call) {
    const { flags } = call;
    if (flags.args.length === 0 && !hasFiles(call)) throw nothingGiven();
    const subresource = flags.text('subresource');
    if (subresource !== '' && subresource !== 'status')
      throw failed(`invalid subresource value: ${JSON.stringify(subresource)}. Must be one of [status]`);
    const failures = new Failures();
    const found = yield* objectsOf(call, flags.args, failures, true);
    failures.tell();
    if (found.length === 0) throw failed('edit cancelled, no objects found');
    return yield* editObjects(call, found, 'normal');
  },
};

export const editLastApplied: Command = {
  *run(call) {
    const { flags } = call;
    if (flags.args.length === 0 && !hasFiles(call)) throw nothingGiven();
    const failures = new Failures();
    const kept = (yield* objectsOf(call, flags.args, failures, true)).flatMap((one): Found[] => {
      const text = one.object.metadata.annotations?.[LAST_APPLIED];
      return text === undefined ? [] : [{ ...one, object: JSON.parse(text) as KubeObject }];
    });
    failures.tell();
    if (kept.length === 0)
      throw failed(
        'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
      );
    return yield* editObjects(call, kept, 'apply');
  },
};

/** What was wrong when a file was saved, as its header tells it when it is opened again. */
interface Reason {
  readonly head: string;
  readonly details: readonly string[];
}

/** Edits until it is saved without a mistake, or given up. @returns the exit code */
export function* editObjects(call: Call, objects: readonly Found[], mode: Mode): Doing<number> {
  const { kubectl, flags } = call;
  const asJson = flags.text('output') === 'json';
  const originals = objects.map((one) => ({ ...one, object: withoutManagedFields(one.object) }));
  const shown = (value: JsonObject): string => (asJson ? jsonText(value) : yamlText(value));
  const original = shown(asOne(originals.map(({ object }) => object as unknown as JsonObject)));
  let edited = '';
  let reasons: readonly Reason[] = [];
  let kept = '';
  for (;;) {
    const header = asJson ? '' : headerText(mode, reasons);
    const path = `/tmp/kubectl-edit-${yield* digits()}.${asJson ? 'json' : 'yaml'}`;
    const retry = reasons.length > 0;
    yield* writeFile(path, header + (retry ? withoutHeader(edited) : original));
    const before = edited;
    yield* launchEditor(call, path);
    edited = (yield* readFile(path)) ?? '';
    const keeping = function* (failure: Failure): Doing<never> {
      kubectl.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
      yield* writeFile(path, edited);
      throw failure;
    };
    if (retry && plain(before) === plain(edited))
      return yield* keeping(failed('Edit cancelled, no valid changes were saved.'));
    if (kept !== '') yield* writeFile(kept, null);
    kept = path;
    const invalid = problemOf(edited);
    if (invalid !== null) {
      const [{ resource, name } = { resource: null, name: '' }] = objects;
      const what = resource === null ? '' : `${resourceText(resource)} ${JSON.stringify(name)}`;
      const detail = `<nil>: Invalid value: "The edited file failed validation": ${invalid}`;
      reasons = [{ head: `${what} was not valid`, details: [detail] }];
      kubectl.err(`error: ${what} is invalid\n`);
      continue;
    }
    const gone =
      plain(edited).trim() === '' ? 'Edit cancelled, saved file was empty.' : 'Edit cancelled, no changes made.';
    if (plain(edited) === plain(original) || plain(edited).trim() === '') {
      yield* writeFile(path, null);
      kubectl.err(`${gone}\n`);
      return 0;
    }
    const results: Results = { reasons: [], retryable: 0, missing: 0 };
    try {
      yield* take(call, originals, edited, mode, results);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      yield* keeping(error);
    }
    if (results.retryable > 0) {
      kubectl.err(`You can run \`kubectl replace -f ${path}\` to try this update again.\n`);
      return 1;
    }
    if (results.missing > 0) {
      kubectl.err(`The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`);
      return 1;
    }
    if (results.reasons.length === 0) {
      yield* writeFile(path, null);
      return 0;
    }
    reasons = results.reasons;
  }
}

function* digits(): Doing<string> {
  const letters = yield* random(10);
  return Array.from(letters, (letter) => String(letter.charCodeAt(0) % 10)).join('');
}

/** Runs the editor that variables name, else the one of the window. @source editor/editor.go */
function* launchEditor({ kubectl }: Call, path: string): Doing<void> {
  const { KUBE_EDITOR, EDITOR } = kubectl.variables;
  const editor = KUBE_EDITOR || EDITOR || 'vi';
  if (['vi', 'vim', 'nano'].includes(editor)) {
    if (!kubectl.interactive) throw failed(`unable to launch the editor ${JSON.stringify(editor)}`);
    return yield* edit(path);
  }
  const code = yield* program(`${editor} ${path}`);
  if (code === 127) throw failed(`unable to launch the editor ${JSON.stringify(editor)}`);
  if (code !== 0) throw failed(`there was a problem with the editor ${JSON.stringify(editor)}`);
}

const asOne = (objects: readonly JsonObject[]): JsonObject =>
  objects.length === 1 ? objects[0]! : { apiVersion: 'v1', items: objects, kind: 'List', metadata: {} };

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Without comments and what is only white space. */
const plain = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n');

/** Without the comments that it begins with. */
const withoutHeader = (text: string): string => text.replace(/^(?:#.*\n|\s*\n)*/, '');

function headerText(mode: Mode, reasons: readonly Reason[]): string {
  const told = reasons.flatMap(({ head, details }) => [
    `# ${hashed(head)}${details.length > 0 ? ':' : ''}`,
    ...details.map((one) => `# * ${hashed(one)}`),
    '#',
  ]);
  return [...(mode === 'apply' ? APPLIED_HEADER : OBJECT_HEADER), ...told].map((line) => `${line}\n`).join('');
}

const hashed = (text: string): string => text.replace(/\n(?=[^#])/g, '\n# ');

/** What is wrong with the text itself; null: nothing. */
function problemOf(text: string): string | null {
  const parsed = parseManifest(text, 'edited-file');
  if (!parsed.ok) return parsed.error.message.replace(/^.*error converting YAML to JSON: /, '');
  const missing = parsed.documents.flatMap(({ object }) => [
    ...(object['apiVersion'] ? [] : ['apiVersion not set']),
    ...(object['kind'] ? [] : ['kind not set']),
  ]);
  if (missing.length === 0) return null;
  return `error validating data: ${missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]`}`;
}

interface Results {
  readonly reasons: Reason[];
  retryable: number;
  missing: number;
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? '';

/** Takes what was saved, object by object. */
function* take(call: Call, originals: readonly Found[], text: string, mode: Mode, results: Results): Doing<void> {
  const parsed = parseManifest(text, 'edited-file');
  for (const { object } of parsed.ok ? parsed.documents : []) {
    const edited = object as JsonObject & KubeObject;
    const original =
      mode === 'create' || originals.length === 1
        ? originals[0]
        : originals.find((one) => uidOf(one.object) === uidOf(edited) && sameName(one, edited));
    if (original === undefined || (mode === 'normal' && uidOf(original.object) !== uidOf(edited)))
      throw failed(`no original object found for ${canonicalJson(edited)}`);
    const { namespace = '' } = isJsonObject(edited.metadata)
      ? (edited.metadata as Partial<KubeObject['metadata']>)
      : {};
    if (original.resource.namespaced && namespace !== '' && namespace !== call.namespace)
      throw failed(
        `the namespace from the provided object "${namespace}" does not match the namespace "${call.namespace}". You must pass '--namespace=${namespace}' to perform this operation.`,
      );
    if (mode === 'create') yield* createEdited(call, edited);
    else if (deepEqual(original.object, edited)) yield* tell(call, original.resource, edited, 'skipped');
    else if (mode === 'apply') {
      const given = {
        ...original,
        object: edited,
        source: 'edited-file',
        document: parsed.ok ? parsed.documents[0]! : null,
      };
      yield* keepAsApplied(call, given as Given);
      yield* tell(call, original.resource, edited, 'edited');
    } else yield* patchEdited(call, original, edited, results);
  }
}

const sameName = ({ name }: Found, { metadata }: KubeObject): boolean => metadata.name === name;

function* createEdited(call: Call, object: JsonObject & KubeObject): Doing<void> {
  const resource = yield* resourceOfKind(call, object.apiVersion, object.kind);
  if (resource === null) throw failed(`no matches for kind "${object.kind}" in version "${object.apiVersion}"`);
  const namespace = resource.namespaced ? (object.metadata.namespace ?? call.namespace) : '';
  yield* tell(call, resource, yield* create(call, resource, namespace, object), 'created');
}

function* patchEdited(call: Call, original: Found, edited: JsonObject & KubeObject, results: Results): Doing<void> {
  const { resource, name, object } = original;
  if (edited.apiVersion !== object.apiVersion || edited.kind !== object.kind || edited.metadata.name !== name)
    throw failed('At least one of apiVersion, kind and name was changed');
  const schema = resourceByKind(object.apiVersion, object.kind)?.schema;
  const before = object as unknown as JsonObject;
  const patch = lateApi.code.createThreeWayPatch(before, edited, before, patchSchemaOf(schema ?? ''));
  if (call.flags.on('output-patch')) call.kubectl.out(`Patch: ${canonicalJson(patch)}\n`);
  const type = schema === undefined ? 'merge' : 'strategic';
  const request = patchRequest(call, original, type, patch, 'kubectl-edit', call.flags.text('subresource'));
  const query = { ...request.query, fieldValidation: fieldValidation(call) };
  const reply = yield* ask(call, { ...request, query });
  if (reply.ok) return yield* tell(call, resource, reply.body as JsonObject, 'edited');
  call.kubectl.err(`${refused(original, statusOf(reply), results)}\n`);
}

function refused({ resource, name }: Found, status: Status, results: Results): string {
  const what = `${resourceText(resource)} ${JSON.stringify(name)}`;
  if (status.reason === 'Invalid') {
    const details = (status.details?.causes ?? []).map(({ field = '', message = '' }) => `${field}: ${message}`);
    results.reasons.push({ head: `${what} was not valid`, details });
    return `error: ${what} is invalid`;
  }
  if (status.reason === 'NotFound') {
    results.missing++;
    return `error: ${what} could not be found on the server`;
  }
  results.retryable++;
  const text = status.message ?? statusText(status);
  return `error: ${what} could not be patched: ${text}`;
}
