/**
 * `kubectl delete`: says what is deleted, then waits until it is gone.
 *
 * @source kubernetes kubectl/pkg/cmd/delete/delete.go, kubectl/pkg/cmd/wait/wait.go (IsDeleted)
 */
import type { KubeObject, Status } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { ask, type Call, failed, refusal } from '../call/context';
import { kindText, pathOf } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { fetched, givenObjects, hasFiles, type Named, selectors, targetsOf } from '../call/targets';
import { type Seen, watchObject } from '../call/watching';
import type { Command } from './command';
import { dryRunOf, dryRunSuffix } from './writing';

export interface Deleting extends Named {
  /** The file that it stands in; empty: none. */
  readonly source: string;
}

const CASCADES: Readonly<Record<string, string>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
};
/** Of waits that say no time. @source delete.go (RunDelete: one week) */
const A_WEEK: Micros = 168 * 3600 * SECOND;

export const deleteCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const output = flags.text('output');
    if (output !== '' && output !== 'name')
      throw failed(`unexpected -o output mode: ${output}. We only support '-o name'`);
    if (flags.on('all') && flags.text('selector') !== '')
      throw failed('cannot set --all and --selector at the same time');
    if (flags.on('now') && flags.has('grace-period'))
      throw failed('--now and --grace-period cannot be specified together');
    let grace = flags.on('now') ? 1 : flags.number('grace-period', -1);
    if (grace === 0 && !flags.on('force')) grace = 1;
    if (flags.on('force') && !flags.has('grace-period')) grace = 0;
    if (flags.on('force') && grace > 0)
      throw failed('--force and --grace-period greater than 0 cannot be specified together');
    if (grace === 0)
      kubectl.err(
        'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
      );
    const failures = new Failures();
    const targets = yield* deletedOf(call, failures);
    const doomed: (Named & { readonly uid: string })[] = [];
    for (const target of targets) {
      try {
        const uid = yield* deleteOne(call, target, grace);
        if (uid !== null) doomed.push({ ...target, uid });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    if (targets.length === 0 && !failures.any) kubectl.out('No resources found\n');
    failures.tell();
    if (!flags.on('wait', true) || dryRunOf(call) !== 'none') return 0;
    const timeout = flags.span('timeout');
    for (const one of doomed) {
      const gone = yield* waitUntilGone(call, one, one.uid, timeout === 0 ? A_WEEK : timeout);
      if (!gone) throw failed(`timed out waiting for the condition on ${one.resource.resource}/${one.name}`);
    }
    return 0;
  },
};

/** What is to be deleted, by name. */
function* deletedOf(call: Call, failures: Failures): Doing<readonly Deleting[]> {
  const { flags } = call;
  if (hasFiles(call)) {
    const given = yield* givenObjects(call, failures);
    return given;
  }
  const found: Deleting[] = [];
  const targets = yield* targetsOf(call, flags.args, {
    allNamespaces: flags.on('all-namespaces'),
    selector: flags.text('selector'),
  });
  for (const target of targets) {
    const { name } = target;
    if (name !== null) {
      found.push({ ...target, name, source: '' });
      continue;
    }
    const chosen = selectors(call);
    if (!flags.on('all') && Object.keys(chosen).length === 0)
      throw failed('resource(s) were provided, but no name was specified');
    for (const one of yield* fetched(call, target, chosen)) found.push({ ...one, source: '' });
  }
  if (call.namespaceGiven && found.some(({ resource }) => !resource.namespaced))
    call.kubectl.err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
  return found;
}

/** @returns the uid of what is going; null: there was nothing */
function* deleteOne(call: Call, { resource, namespace, name, source }: Deleting, grace: number): Doing<string | null> {
  const { flags, kubectl } = call;
  const cascade = CASCADES[flags.text('cascade', 'background')];
  if (cascade === undefined)
    throw failed(`invalid cascade value (${flags.text('cascade')}). Must be "background", "foreground", or "orphan"`);
  const dryRun = dryRunOf(call);
  let uid = '';
  if (dryRun !== 'client') {
    const reply = yield* ask(call, {
      method: 'DELETE',
      path: pathOf(resource, namespace, name),
      body: {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy: cascade,
        ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
        ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
      },
    });
    if (!reply.ok) {
      if (reply.code === 404 && flags.on('ignore-not-found')) return null;
      throw refusal(reply, source === '' ? '' : `error when deleting ${JSON.stringify(source)}`);
    }
    const body = reply.body as KubeObject & Status;
    uid = body.kind === 'Status' ? (body.details?.uid ?? '') : (body.metadata.uid ?? '');
  }
  const word = grace === 0 ? 'force deleted' : 'deleted';
  const where = resource.namespaced ? ` from ${namespace} namespace` : '';
  kubectl.out(
    flags.text('output') === 'name'
      ? `${kindText(resource)}/${name}\n`
      : `${kindText(resource)} "${name}" ${word}${where}${dryRunSuffix(call)}\n`,
  );
  return uid;
}

/** Waits until an object is gone, or is another one of that name. @returns false when the time is over */
export function* waitUntilGone(call: Call, named: Named, uid: string, within: Micros): Doing<boolean> {
  const isGone = (_own: object, type: Seen, object: KubeObject | null): boolean =>
    object === null || type === 'DELETED' || (uid !== '' && object.metadata.uid !== uid);
  return (yield* watchObject(call, named, {}, isGone, within)) === 'held';
}
