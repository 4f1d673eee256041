/**
 * `kubectl apply`, by three-way merge or on the server, and its pruning.
 *
 * @source kubernetes kubectl/pkg/cmd/apply/{apply,patcher,prune}.go
 */
import { canonicalJson, isJsonObject, type JsonObject } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { patchSchemaOf } from '#engine/api/patch/strategies';
import { resourceByKind } from '#engine/api/registry';
import type { KubeObject, Status } from '#engine/api/types';
import { SECOND } from '#engine/kernel/time';
import { APPLY_MANAGER, applyWarnings, withLastApplied } from '../apply';
import { ask, type Call, failed, refusal, statusOf, want } from '../call/context';
import { kindText, pathOf } from '../call/discovery';
import { type Doing, Failure, sleep } from '../call/effects';
import { Failures } from '../call/errors';
import { type Given, givenObjects, hasFiles } from '../call/targets';
import { LAST_APPLIED, lastAppliedText } from '../last-applied';
import { listOf, printerOf } from '../output/printing';
import type { Command } from './command';
import { upgradedFields } from './managed-fields';
import { prune } from './prune';
import { dryRunOf, dryRunSuffix, fieldValidation, patchRequest, writeQuery } from './writing';

/** Patches that are refused as outdated before kubectl gives up. @source apply/patcher.go (maxPatchRetry) */
const MAX_PATCH_RETRIES = 5;

export const applyCommand: Command = {
  *run(call) {
    const { flags } = call;
    if (flags.args.length > 0)
      throw failed(`Unexpected args: [${flags.args.join(' ')}]\nSee 'kubectl apply -h' for help and examples`);
    const serverSide = flags.on('server-side');
    if (flags.on('force-conflicts') && !serverSide) throw failed('--force-conflicts only works with --server-side');
    if (dryRunOf(call) === 'client' && serverSide)
      throw failed(`--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)`);
    if (flags.on('all') && flags.text('selector') !== '')
      throw failed('cannot set --all and --selector at the same time');
    if (!hasFiles(call)) throw failed('must specify one of -f and -k');
    if (flags.on('prune') && !flags.on('all') && flags.text('selector') === '')
      throw failed(
        'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
      );
    fieldValidation(call);
    const failures = new Failures();
    const given = yield* givenObjects(call, failures);
    if (given.length === 0 && !failures.any) throw failed('no objects passed to apply');
    const printer = yield* printerOf(flags);
    const applied: KubeObject[] = [];
    for (const one of given) {
      try {
        const { object, word } = serverSide ? yield* applyOnServer(call, one) : yield* applyHere(call, one);
        applied.push(object);
        if (printer === null)
          call.kubectl.out(
            `${kindText(one.resource)}/${one.name || object.metadata.name} ${word}${dryRunSuffix(call)}\n`,
          );
        else if (!printer.lists) call.kubectl.out(printer.prints(object as unknown as JsonObject));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    const objects = applied as unknown as readonly JsonObject[];
    if (printer?.lists === true && objects.length > 0)
      call.kubectl.out(printer.prints(objects.length === 1 ? objects[0]! : listOf(objects)));
    failures.tell();
    if (flags.on('prune')) yield* prune(call, given, applied);
    return 0;
  },
};

interface Applied {
  readonly object: KubeObject;
  readonly word: string;
}

/** The object as errors of patches and looks name it. */
export function described({ resource, namespace, name }: Given): string {
  const { apiVersion, kind } = resource;
  return `Resource: "${apiVersion}, Resource=${resource.resource}", GroupVersionKind: "${apiVersion}, Kind=${kind}"\nName: "${name}", Namespace: "${namespace}"`;
}

const generated = ({ object }: Given): string | undefined => object.metadata.generateName;

function* applyHere(call: Call, given: Given): Doing<Applied> {
  const { resource, namespace, name, object, source } = given;
  const quoted = JSON.stringify(source);
  if (name === '') throw failed(`from ${generated(given)}: cannot use generate name with apply`);
  const path = pathOf(resource, namespace, name);
  const remembered = withLastApplied(object);
  const query = { ...writeQuery(call, APPLY_MANAGER), fieldValidation: fieldValidation(call) };
  for (let tries = 0; ; tries++) {
    const reply = yield* ask(call, { method: 'GET', path });
    if (reply.code === 404 && isStatus(reply.body)) {
      if (dryRunOf(call) === 'client') return { object: remembered as KubeObject, word: 'created' };
      const created = yield* want<KubeObject>(
        call,
        { method: 'POST', path: pathOf(resource, namespace), query, body: remembered },
        `error when creating ${quoted}`,
      );
      return { object: created, word: 'created' };
    }
    if (!reply.ok)
      throw refusal(
        reply,
        `error when retrieving current configuration of:\n${described(given)}\nfrom server for: ${quoted}`,
      );
    const live = reply.body as KubeObject;
    if (tries === 0) for (const text of applyWarnings(live, resource)) call.kubectl.err(`${text}\n`);
    const { patch, type } = patchFor(live, given);
    if (dryRunOf(call) === 'client') return { object: live, word: 'configured' };
    if (Object.keys(patch).length === 0) return { object: live, word: 'unchanged' };
    const request = patchRequest(call, given, type, patch, APPLY_MANAGER);
    const patched = yield* ask(call, { ...request, query });
    if (patched.ok) {
      return { object: patched.body as KubeObject, word: 'configured' };
    }
    if (patched.code === 409 && tries < MAX_PATCH_RETRIES) {
      if (tries > 0) yield* sleep(SECOND);
      continue;
    }
    throw refusal(
      patched,
      `error when applying patch:\n${canonicalJson(patch)}\nto:\n${described(given)}\nfor: ${quoted}: error when patching ${quoted}`,
    );
  }
}

const isStatus = (body: unknown): boolean =>
  isJsonObject(body) && (body as { readonly kind?: string }).kind === 'Status';

/**
 * What brings the live object to what the manifest says; kinds that are not built in know no strategies of lists.
 *
 * @param remembers - the manifest is kept in the object; else what is kept there stays
 */
export function patchFor(
  live: KubeObject,
  { object }: Pick<Given, 'object'>,
  remembers = true,
): { readonly patch: JsonObject; readonly type: 'strategic' | 'merge' } {
  const schema = resourceByKind(object.apiVersion, object.kind)?.schema;
  const text = live.metadata.annotations?.[LAST_APPLIED];
  const original = text === undefined ? {} : (JSON.parse(text) as JsonObject);
  const modified = remembers ? withLastApplied(object) : (JSON.parse(lastAppliedText(object)) as JsonObject);
  const patch = lateApi.code.createThreeWayPatch(
    original,
    modified as JsonObject,
    live as unknown as JsonObject,
    patchSchemaOf(schema ?? ''),
  );
  return { patch, type: schema === undefined ? 'merge' : 'strategic' };
}

function* applyOnServer(call: Call, given: Given): Doing<Applied> {
  const { object, name, resource, namespace } = given;
  if (name === '') throw failed(`from ${generated(given)}: cannot use generate name with apply`);
  const manager = call.flags.text('field-manager') || 'kubectl';
  const validation = fieldValidation(call);
  const forced = String(call.flags.on('force-conflicts'));
  const send = (): Doing<KubeObject> =>
    applyOnce(call, given, object, manager, { fieldValidation: validation, force: forced });
  let answered = yield* send();
  if (dryRunOf(call) !== 'none') return { object: answered, word: 'serverside-applied' };
  if (manager === 'kubectl') answered = (yield* keepAnnotation(call, given, answered)) ?? answered;
  let upgraded = upgradedFields(answered, manager, APPLY_MANAGER);
  for (let tries = 0; upgraded !== null; tries++) {
    const patch = [
      { op: 'replace', path: '/metadata/managedFields', value: upgraded },
      { op: 'replace', path: '/metadata/resourceVersion', value: answered.metadata.resourceVersion },
    ];
    const reply = yield* ask(call, patchRequest(call, given, 'json', patch, null));
    if (reply.ok) break;
    if (reply.code !== 409 || tries >= MAX_PATCH_RETRIES) throw refusal(reply);
    // Somebody else has changed it meanwhile.
    answered = yield* want<KubeObject>(call, { method: 'GET', path: pathOf(resource, namespace, name) });
    upgraded = upgradedFields(answered, manager, APPLY_MANAGER);
  }
  if (upgraded !== null) answered = yield* send();
  return { object: answered, word: 'serverside-applied' };
}

/** What client-side apply remembers stays when its fields get another manager. @source apply/apply.go (saveLastApplyAnnotationIfNecessary) */
function* keepAnnotation(call: Call, given: Given, { metadata }: KubeObject): Doing<KubeObject | null> {
  const annotation = metadata.annotations?.[LAST_APPLIED];
  if (annotation === undefined || appliesAnnotation(metadata)) return null;
  const { apiVersion, kind } = given.object;
  const own = {
    name: given.name,
    ...(given.resource.namespaced ? { namespace: given.namespace } : {}),
    annotations: { [LAST_APPLIED]: annotation },
  };
  return yield* applyOnce(call, given, { apiVersion, kind, metadata: own }, 'kubectl-last-applied', {});
}

/** Whether some server-side manager has the annotation among its fields. */
const appliesAnnotation = ({ managedFields = [] }: KubeObject['metadata']): boolean =>
  managedFields.some(({ operation, fieldsV1 }) => {
    if (operation !== 'Apply' || !isJsonObject(fieldsV1)) return false;
    const fields = fieldsV1['f:metadata'];
    const annotations = isJsonObject(fields) ? fields['f:annotations'] : undefined;
    return isJsonObject(annotations) && annotations[`f:${LAST_APPLIED}`] !== undefined;
  });

function* applyOnce(
  call: Call,
  given: Given,
  body: unknown,
  manager: string,
  more: Readonly<Record<string, string>>,
): Doing<KubeObject> {
  const request = patchRequest(call, given, 'apply', body, null);
  const reply = yield* ask(call, { ...request, query: { ...request.query, fieldManager: manager, ...more } });
  if (reply.ok) return reply.body as KubeObject;
  const status = statusOf(reply);
  if (isConflictOfManagers(status)) throw failed(`${status.message ?? ''}\n${CONFLICT_ADVICE}`);
  throw refusal(reply);
}

const isConflictOfManagers = ({ reason, details }: Status): boolean =>
  reason === 'Conflict' &&
  (details?.causes ?? []).some((cause) => isJsonObject(cause) && cause['reason'] === 'FieldManagerConflict');

/** @source apply/apply.go (applyOneObject) */
const CONFLICT_ADVICE = [
  'Please review the fields above--they currently have other managers. Here',
  'are the ways you can resolve this warning:',
  '* If you intend to manage all of these fields, please re-run the apply',
  '  command with the `--force-conflicts` flag.',
  '* If you do not intend to manage all of the fields, please edit your',
  '  manifest to remove references to the fields that should keep their',
  '  current managers.',
  '* You may co-own fields by updating your manifest to match the existing',
  "  value; in this case, you'll become the manager if the other manager(s)",
  '  stop managing the field (remove it from their configuration).',
  'See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts',
].join('\n');
