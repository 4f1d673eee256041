/** `kubectl patch` and `kubectl scale`. @source kubernetes kubectl/pkg/cmd/{patch/patch,scale/scale}.go, kubectl/pkg/scale/scale.go */
import { deepEqual, type JsonObject, type JsonValue } from '#engine/api/json';
import { parseManifest } from '#engine/api/manifest';
import type { KubeObject } from '#engine/api/types';
import { ask, type Call, failed, refusal, statusOf, want } from '../call/context';
import { kindText, pathOf } from '../call/discovery';
import { type Doing, Failure, readFile } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, hasFiles, objectsOf } from '../call/targets';
import type { Command } from './command';
import { required } from './create';
import { dryRunOf, dryRunSuffix, patchRequest, type PatchType, tell, writeQuery } from './writing';

const TYPES = ['json', 'merge', 'strategic'];

export const patchCommand: Command = {
  *run(call) {
    const { flags } = call;
    const type = flags.text('type', 'strategic').toLowerCase();
    if (!TYPES.includes(type))
      throw failed(`--type must be one of [${TYPES.join(' ')}], not ${JSON.stringify(flags.text('type'))}`);
    const file = flags.text('patch-file');
    if (flags.text('patch') === '' && file === '')
      throw failed('must specify --patch or --patch-file containing the contents of the patch');
    if (flags.text('patch') !== '' && file !== '') throw failed('cannot specify --patch and --patch-file together');
    const text = file === '' ? flags.text('patch') : yield* readFile(file);
    if (text === null) throw failed(`unable to read patch file: open ${file}: no such file or directory`);
    const body = bodyOf(text);
    const failures = new Failures();
    const found = yield* objectsOf(call, flags.args, failures);
    if (found.length === 0 && !failures.any) throw failed('no objects passed to patch');
    for (const one of found) {
      try {
        yield* patchOne(call, one, type as PatchType, body);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    failures.tell();
    return 0;
  },
};

/** JSON, or YAML as JSON. */
function bodyOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    if (/^[^\s:{}[\]]+$/.test(text)) return text;
    const parsed = parseManifest(text);
    const [first] = parsed.ok ? parsed.documents : [];
    if (first === undefined)
      throw failed(
        `unable to parse ${JSON.stringify(text)}: ${parsed.ok ? 'it is empty' : parsed.error.message.replace(/^error: (?:error parsing STDIN: )?/, '').replace('error converting YAML to JSON: ', '')}`,
      );
    return first.object;
  }
}

function* patchOne(call: Call, found: Found, type: PatchType, body: JsonValue): Doing<void> {
  const { resource, object } = found;
  const request = patchRequest(call, found, type, body, 'kubectl-patch', call.flags.text('subresource'));
  if (dryRunOf(call) === 'client') return yield* tell(call, resource, object as unknown as JsonObject, 'patched');
  const reply = yield* ask(call, request);
  if (reply.code === 415 && type === 'strategic')
    throw failed(
      `application/strategic-merge-patch+json is not supported by ${resource.apiVersion}, Kind=${resource.kind}: ${statusOf(reply).message ?? ''}`,
    );
  if (!reply.ok) throw refusal(reply);
  const patched = reply.body as KubeObject;
  const changed = !deepEqual(object, patched);
  yield* tell(call, resource, patched as unknown as JsonObject, changed ? 'patched' : 'patched (no change)');
}

export const scaleCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    required(call, 'replicas');
    const replicas = flags.number('replicas', -1);
    if (replicas < 0)
      throw failed('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    const failures = new Failures();
    const found = yield* objectsOf(call, flags.args, failures);
    if (found.length === 0 && !failures.any)
      throw failed(hasFiles(call) ? 'no objects passed to scale' : 'no objects passed to scale');
    for (const one of found) {
      try {
        yield* scaleOne(call, one, replicas);
        const printed = flags.text('output') === 'name' ? '' : ` scaled${dryRunSuffix(call)}`;
        kubectl.out(`${kindText(one.resource)}/${one.name}${printed}\n`);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    failures.tell();
    return 0;
  },
};

function* scaleOne(call: Call, { resource, namespace, name }: Found, replicas: number): Doing<void> {
  const path = pathOf(resource, namespace, name, 'scale');
  const expected = call.flags.number('current-replicas', -1);
  const query = Object.fromEntries(Object.entries(writeQuery(call, '')).filter(([, value]) => value !== ''));
  if (expected >= 0 || call.flags.text('resource-version') !== '') {
    const scale = yield* want<KubeObject & { readonly spec: { readonly replicas?: number } }>(call, {
      method: 'GET',
      path,
    });
    const current = scale.spec.replicas ?? 0;
    if (expected >= 0 && current !== expected) throw failed(`Expected replicas to be ${expected}, was ${current}`);
    if (dryRunOf(call) === 'client') return;
    yield* want(call, { method: 'PUT', path, query, body: { ...scale, spec: { ...scale.spec, replicas } } });
    return;
  }
  if (dryRunOf(call) === 'client') return;
  yield* want(call, {
    method: 'PATCH',
    path,
    query,
    contentType: 'application/merge-patch+json',
    body: { spec: { replicas } },
  });
}
