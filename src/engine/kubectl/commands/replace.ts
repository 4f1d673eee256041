/** `kubectl replace` and `kubectl diff`. @source kubernetes kubectl/pkg/cmd/{replace/replace,diff/diff}.go */
import { isJsonObject, type JsonObject } from '#engine/api/json';
import type { KubeObject } from '#engine/api/types';
import { unifiedDiff } from '#engine/api/unified-diff';
import { SECOND } from '#engine/kernel/time';
import { ask, type Call, failed, refusal, want } from '../call/context';
import { kindText, pathOf } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { type Given, givenObjects, hasFiles } from '../call/targets';
import { yamlText } from '../output/yaml';
import { APPLY_MANAGER } from '../apply';
import { patchFor } from './apply';
import type { Command } from './command';
import { remembered } from './create';
import { waitUntilGone } from './delete';
import { dryRunOf, fieldValidation, patchRequest, tell, writeQuery } from './writing';

const MANAGER = 'kubectl-replace';

export const replaceCommand: Command = {
  *run(call) {
    const { flags } = call;
    if (flags.has('grace-period') && !flags.on('force')) throw failed('--grace-period must have --force specified');
    if (flags.has('timeout') && !flags.on('force')) throw failed('--timeout must have --force specified');
    if (!hasFiles(call)) throw failed('must specify --filename to replace');
    const failures = new Failures();
    const given = yield* givenObjects(call, failures);
    if (given.length === 0 && !failures.any) throw failed('no objects passed to replace');
    if (flags.on('force')) for (const one of given) yield* remove(call, one);
    for (const one of given) {
      try {
        const body = flags.on('save-config') ? remembered(one.object) : one.object;
        const path = pathOf(one.resource, one.namespace, flags.on('force') ? '' : one.name);
        const query = { ...writeQuery(call, MANAGER), fieldValidation: fieldValidation(call) };
        const replaced =
          dryRunOf(call) === 'client'
            ? body
            : yield* want<JsonObject>(
                call,
                { method: flags.on('force') ? 'POST' : 'PUT', path, query, body },
                flags.on('force') ? '' : `error when replacing ${JSON.stringify(one.source)}`,
              );
        yield* tell(call, one.resource, replaced, 'replaced');
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    failures.tell();
    return 0;
  },
};

function* remove(call: Call, { resource, namespace, name, source }: Given): Doing<void> {
  const grace = call.flags.number('grace-period', -1);
  const reply = yield* ask(call, {
    method: 'DELETE',
    path: pathOf(resource, namespace, name),
    body: {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background',
      ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
    },
  });
  if (reply.code === 404) return;
  if (!reply.ok) throw refusal(reply, `error when deleting ${JSON.stringify(source)}`);
  const where = resource.namespaced ? ` from ${namespace} namespace` : '';
  call.kubectl.out(`${kindText(resource)} "${name}" deleted${where}\n`);
  const body = reply.body as KubeObject & { readonly details?: { readonly uid?: string } };
  const uid = body.kind === 'Status' ? (body.details?.uid ?? '') : (body.metadata.uid ?? '');
  yield* waitUntilGone(call, { resource, namespace, name }, uid, call.flags.span('timeout') || 300 * SECOND);
}

export const diffCommand: Command = {
  *run(call) {
    if (!hasFiles(call)) throw failed('must specify one of -f and -k');
    const failures = new Failures();
    let differs = false;
    for (const given of yield* givenObjects(call, failures)) {
      const text = yield* differenceOf(call, given);
      if (text === '') continue;
      differs = true;
      call.kubectl.out(text);
    }
    failures.tell();
    return differs ? 1 : 0;
  },
};

function* differenceOf(call: Call, given: Given): Doing<string> {
  const { resource, namespace, name } = given;
  const path = pathOf(resource, namespace, name);
  const reply = yield* ask(call, { method: 'GET', path });
  if (!reply.ok && reply.code !== 404) throw refusal(reply);
  const live = reply.ok ? (reply.body as KubeObject) : null;
  const merged = live === null ? yield* created(call, given) : yield* patched(call, given, live);
  const [before, after] = [live === null ? '' : shown(live), shown(merged)];
  const hunks = before === '' ? addedText(after) : unifiedDiff(before.trimEnd(), after.trimEnd());
  if (hunks === '') return '';
  const { group, version, kind } = resource;
  const file = [group, version, kind, namespace, name]
    .filter((part) => part !== '' || part === group)
    .join('.')
    .replace(/^\./, '');
  const [from, to] = [`/tmp/LIVE-0000000001/${file}`, `/tmp/MERGED-0000000001/${file}`];
  const now = '\t1970-01-01 00:00:00.000000000 +0000';
  return `diff -u -N ${from} ${to}\n--- ${from}${now}\n+++ ${to}${now}\n${hunks}`;
}

/** What is there and was not. */
const addedText = (after: string): string => {
  const lines = after.split('\n').slice(0, -1);
  return `@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join('')}`;
};

function* created(call: Call, { resource, namespace, object }: Given): Doing<KubeObject> {
  return yield* want<KubeObject>(call, {
    method: 'POST',
    path: pathOf(resource, namespace),
    query: { dryRun: 'All', fieldManager: APPLY_MANAGER },
    body: object,
  });
}

function* patched(call: Call, given: Given, live: KubeObject): Doing<KubeObject> {
  if (call.flags.on('server-side')) {
    const request = patchRequest(call, given, 'apply', given.object, null);
    return yield* want<KubeObject>(call, {
      ...request,
      query: {
        dryRun: 'All',
        fieldManager: call.flags.text('field-manager') || 'kubectl',
        force: String(call.flags.on('force-conflicts')),
      },
    });
  }
  const { patch, type } = patchFor(live, given, false);
  if (Object.keys(patch).length === 0) return live;
  const request = patchRequest(call, given, type, patch, null);
  return yield* want<KubeObject>(call, {
    ...request,
    query: { dryRun: 'All', fieldManager: APPLY_MANAGER },
  });
}

/** An object as it is compared: without managed fields, with what a Secret hides left out. */
function shown(object: KubeObject): string {
  const { managedFields: _fields, ...metadata } = object.metadata;
  const plain = { ...object, metadata } as unknown as JsonObject;
  if (object.kind !== 'Secret') return yamlText(plain);
  const data = plain['data'];
  return yamlText(
    isJsonObject(data) ? { ...plain, data: Object.fromEntries(Object.keys(data).map((key) => [key, '***'])) } : plain,
  );
}
