/** `kubectl rollout`. @source kubernetes kubectl/pkg/cmd/rollout, kubectl/pkg/polymorphichelpers/{rollout_status,history,rollback,objectpauser,objectrestarter}.go */
import type { JsonObject } from '#engine/api/json';
import { parseTimestamp, timestamp } from '#engine/api/timestamp';
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  KubeObject,
  PodTemplateSpec,
  ReplicaSet,
  StatefulSet,
} from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { kindText, resourceText } from '../call/discovery';
import { type Doing, Failure, now } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, objectsOf } from '../call/targets';
import { watchObject } from '../call/watching';
import { describeTemplate } from '../describe/containers';
import { Description, selectorText } from '../describe/description';
import { sameTemplate } from '../describe/workloads';
import { DESCRIBED, tabulated } from '../output/tab-writer';
import type { Command, Family } from './command';
import { dryRunOf, patchRequest, tell } from './writing';

const REVISION = 'deployment.kubernetes.io/revision';

/** Does it for each object that is meant. */
function each(work: (call: Call, found: Found) => Doing<void>): (call: Call) => Doing<number> {
  return function* run(call) {
    if (call.flags.args.length === 0 && !call.flags.has('filename') && call.flags.text('selector') === '')
      throw failed('required resource not specified');
    const failures = new Failures();
    for (const found of yield* objectsOf(call, call.flags.args, failures, true)) {
      try {
        yield* work(call, found);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    failures.tell();
    return 0;
  };
}

/** How far a roll-out is: a line to print, and whether it is over. */
interface Progress {
  readonly line: string;
  readonly done: boolean;
}

const still = (line: string): Progress => ({ line: `${line}\n`, done: false });
const over = (line: string): Progress => ({ line: `${line}\n`, done: true });

function deploymentProgress({ metadata, spec, status }: Deployment): Progress | string {
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return still('Waiting for deployment spec update to be observed...');
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0, conditions = [] } = status;
  const wanted = spec.replicas ?? 1;
  const name = JSON.stringify(metadata.name);
  if (conditions.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded'))
    return `deployment ${name} exceeded its progress deadline`;
  const waiting = `Waiting for deployment ${name} rollout to finish:`;
  if (updatedReplicas < wanted)
    return still(`${waiting} ${updatedReplicas} out of ${wanted} new replicas have been updated...`);
  if (replicas > updatedReplicas)
    return still(`${waiting} ${replicas - updatedReplicas} old replicas are pending termination...`);
  if (availableReplicas < updatedReplicas)
    return still(`${waiting} ${availableReplicas} of ${updatedReplicas} updated replicas are available...`);
  return over(`deployment ${name} successfully rolled out`);
}

const ONLY_ROLLING = 'rollout status is only available for RollingUpdate strategy type';

function daemonProgress({ metadata, spec, status }: DaemonSet): Progress | string {
  if (spec?.updateStrategy?.type !== 'RollingUpdate') return ONLY_ROLLING;
  if ((metadata.generation ?? 0) > (status?.observedGeneration ?? 0))
    return still('Waiting for daemon set spec update to be observed...');
  const { updatedNumberScheduled = 0, desiredNumberScheduled = 0, numberAvailable = 0 } = status ?? {};
  const name = JSON.stringify(metadata.name);
  const waiting = `Waiting for daemon set ${name} rollout to finish:`;
  if (updatedNumberScheduled < desiredNumberScheduled)
    return still(`${waiting} ${updatedNumberScheduled} out of ${desiredNumberScheduled} new pods have been updated...`);
  if (numberAvailable < desiredNumberScheduled)
    return still(`${waiting} ${numberAvailable} of ${desiredNumberScheduled} updated pods are available...`);
  return over(`daemon set ${name} successfully rolled out`);
}

function statefulProgress({ metadata, spec, status }: StatefulSet): Progress | string {
  if (spec?.updateStrategy?.type !== 'RollingUpdate') return ONLY_ROLLING;
  const {
    observedGeneration = 0,
    readyReplicas = 0,
    updatedReplicas = 0,
    currentReplicas = 0,
    updateRevision = '',
    currentRevision = '',
  } = status ?? {};
  if (observedGeneration === 0 || (metadata.generation ?? 0) > observedGeneration)
    return still('Waiting for statefulset spec update to be observed...');
  const wanted = spec.replicas ?? 1;
  if (readyReplicas < wanted) return still(`Waiting for ${wanted - readyReplicas} pods to be ready...`);
  const rolling = spec.updateStrategy.rollingUpdate;
  if (rolling !== undefined) {
    const part = wanted - (rolling.partition ?? 0);
    if (updatedReplicas < part)
      return still(
        `Waiting for partitioned roll out to finish: ${updatedReplicas} out of ${part} new pods have been updated...`,
      );
    return over(`partitioned roll out complete: ${updatedReplicas} new pods have been updated...`);
  }
  if (updateRevision !== currentRevision)
    return still(
      `waiting for statefulset rolling update to complete ${updatedReplicas} pods at revision ${updateRevision}...`,
    );
  return over(`statefulset rolling update complete ${currentReplicas} pods at revision ${currentRevision}...`);
}

function progressOf(object: KubeObject): Progress | string {
  switch (object.kind) {
    case 'Deployment':
      return deploymentProgress(object as Deployment);
    case 'DaemonSet':
      return daemonProgress(object as DaemonSet);
    case 'StatefulSet':
      return statefulProgress(object as StatefulSet);
    default:
      return `no status viewer has been implemented for ${object.kind}`;
  }
}

const status: Command = {
  run: each(function* statusOf(call, found) {
    const { flags } = call;
    const wanted = flags.number('revision');
    const state = { problem: '' };
    const look = (
      memory: typeof state,
      type: string,
      object: KubeObject | null,
      doing: { readonly out: (text: string) => void },
    ): boolean => {
      if (object === null) return false;
      if (type === 'DELETED') memory.problem = 'object has been deleted';
      const revision = Number(object.metadata.annotations?.[REVISION] ?? 0);
      if (wanted > 0 && revision !== wanted)
        memory.problem = `desired revision (${wanted}) is different from the running revision (${revision})`;
      if (memory.problem !== '') return true;
      const whole = object.kind === undefined ? { ...object, kind: found.resource.kind } : object;
      const progress = progressOf(whole);
      if (typeof progress === 'string') {
        memory.problem = progress;
        return true;
      }
      doing.out(progress.line);
      return progress.done || !flags.on('watch', true);
    };
    const timeout = flags.span('timeout');
    const ended = yield* watchObject(call, found, state, look, timeout === 0 ? undefined : timeout);
    if (ended === 'late') throw failed('timed out waiting for the condition');
    if (state.problem !== '') throw failed(state.problem);
  }),
};

interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: PodTemplateSpec | null;
  readonly object: KubeObject;
}

/** The template that a ControllerRevision keeps. */
const templateIn = (data: unknown): PodTemplateSpec | null =>
  (data as { readonly spec?: { readonly template?: PodTemplateSpec } } | undefined)?.spec?.template ?? null;

/** The revisions of an object, oldest first. */
function* revisionsOf(call: Call, { object, namespace }: Found): Doing<readonly Revision[]> {
  const { selector } = (object as Deployment).spec;
  const query = { labelSelector: selectorText(selector) };
  const isOwned = ({ metadata }: KubeObject): boolean =>
    metadata.ownerReferences?.some(({ controller, uid }) => controller === true && uid === object.metadata.uid) ===
    true;
  const plural = object.kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
  const { items } = yield* want<{ readonly items: readonly KubeObject[] }>(call, {
    method: 'GET',
    path: `/apis/apps/v1/namespaces/${namespace}/${plural}`,
    query,
  });
  const cause = ({ metadata }: KubeObject): string => metadata.annotations?.['kubernetes.io/change-cause'] || '<none>';
  const all: Revision[] = items.filter(isOwned).map((one) => {
    if (object.kind === 'Deployment')
      return {
        number: Number(one.metadata.annotations?.[REVISION] ?? 0),
        cause: cause(one),
        template: (one as ReplicaSet).spec?.template ?? null,
        object: one,
      };
    const { revision, data } = one as ControllerRevision;
    return { number: revision, cause: cause(one), template: templateIn(data), object: one };
  });
  return all.toSorted((a, b) => a.number - b.number);
}

const history: Command = {
  run: each(function* historyOf(call, found) {
    const { kubectl, flags } = call;
    const revisions = (yield* revisionsOf(call, found)).filter(({ number }) => number > 0);
    const wanted = flags.number('revision');
    const name = `${kindText(found.resource)}/${found.name}`;
    if (wanted > 0) {
      const revision = revisions.find(({ number }) => number === wanted);
      if (revision?.template === undefined || revision.template === null)
        throw failed('unable to find the specified revision');
      const d = new Description(call, yield* now());
      const template =
        revision.cause === '<none>'
          ? revision.template
          : {
              ...revision.template,
              metadata: {
                ...revision.template.metadata,
                annotations: {
                  ...revision.template.metadata?.annotations,
                  'kubernetes.io/change-cause': revision.cause,
                },
              },
            };
      describeTemplate(d, template);
      kubectl.out(`${name} with revision #${wanted}\n${d.raw}\n`);
      return;
    }
    if (revisions.length === 0) return kubectl.out(`${name} \nNo rollout history found.\n`);
    const rows = revisions.map(({ number, cause }) => `${number}\t${cause}\n`).join('');
    kubectl.out(`${name} \n${tabulated(`REVISION\tCHANGE-CAUSE\n${rows}`, DESCRIBED)}\n`);
  }),
};

const undo: Command = {
  run: each(function* undoOne(call, found) {
    const { object, resource } = found;
    const wanted = call.flags.number('to-revision');
    const revisions = yield* revisionsOf(call, found);
    if (object.kind === 'Deployment') return yield* undoDeployment(call, found, revisions, wanted);
    if (revisions.length <= 1 && wanted === 0) throw failed('no last revision to roll back to');
    const target = wanted === 0 ? revisions.at(-2) : revisions.find(({ number }) => number === wanted);
    if (target === undefined) throw failed(`unable to find specified revision ${wanted} in history`);
    if (dryRunOf(call) !== 'client') {
      const data = (target.object as ControllerRevision).data;
      yield* want(call, patchRequest(call, found, 'strategic', data, 'kubectl-rollout'));
    }
    yield* tell(call, resource, object as unknown as JsonObject, 'rolled back');
  }),
};

function* undoDeployment(call: Call, found: Found, revisions: readonly Revision[], wanted: number): Doing<void> {
  const deployment = found.object as Deployment;
  const { name } = deployment.metadata;
  if (deployment.spec.paused === true)
    throw failed(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  const known = revisions.filter(({ number }) => number > 0);
  const target = wanted === 0 ? known.at(-2) : known.find(({ number }) => number === wanted);
  if (target === undefined)
    throw failed(
      wanted === 0
        ? `no rollout history found for deployment ${JSON.stringify(name)}`
        : `unable to find specified revision ${wanted} in history`,
    );
  const { template } = target;
  if (sameTemplate(template ?? undefined, deployment.spec.template)) {
    call.kubectl.out(
      `${kindText(found.resource)}/${name} skipped rollback (current template already matches revision ${wanted})\n`,
    );
    return;
  }
  const { 'pod-template-hash': _hash, ...labels } = template?.metadata?.labels ?? {};
  const kept = [
    'kubectl.kubernetes.io/last-applied-configuration',
    REVISION,
    'deployment.kubernetes.io/revision-history',
    'deployment.kubernetes.io/desired-replicas',
    'deployment.kubernetes.io/max-replicas',
    'deprecated.deployment.rollback.to',
  ];
  const annotations: Record<string, string> = {};
  for (const key of kept) {
    const value = deployment.metadata.annotations?.[key];
    if (value !== undefined) annotations[key] = value;
  }
  for (const [key, value] of Object.entries(target.object.metadata.annotations ?? {}))
    if (!kept.includes(key)) annotations[key] = value;
  const patch = [
    { op: 'replace', path: '/spec/template', value: { ...template, metadata: { ...template?.metadata, labels } } },
    { op: 'replace', path: '/metadata/annotations', value: annotations },
  ];
  if (dryRunOf(call) !== 'client') yield* want(call, patchRequest(call, found, 'json', patch, null));
  yield* tell(call, found.resource, deployment as unknown as JsonObject, 'rolled back');
}

const pausing = (paused: boolean): Command => ({
  run: each(function* pauseOne(call, found) {
    const { object, resource, name } = found;
    if (object.kind !== 'Deployment')
      throw failed(
        `${resourceText(resource)} ${JSON.stringify(name)} ${paused ? 'pausing' : 'resuming'} is not supported`,
      );
    const is = (object as Deployment).spec.paused === true;
    if (is === paused)
      throw failed(`${resourceText(resource)} ${JSON.stringify(name)} is ${paused ? 'already' : 'not'} paused`);
    const changed = yield* want<JsonObject>(
      call,
      patchRequest(call, found, 'strategic', { spec: { paused: paused || null } }, 'kubectl-rollout'),
    );
    yield* tell(call, resource, changed, paused ? 'paused' : 'resumed');
  }),
});

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

const restart: Command = {
  run: each(function* restartOne(call, found) {
    const { object, resource, name } = found;
    const deployment = object as Deployment;
    if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(object.kind))
      throw failed(`${resourceText(resource)} ${JSON.stringify(name)} restarting is not supported`);
    if (deployment.spec.paused === true)
      throw failed(
        `${resourceText(resource)} ${JSON.stringify(name)} can't restart paused deployment (run rollout resume first)`,
      );
    const at = timestamp(yield* now());
    const before = deployment.spec.template.metadata?.annotations?.[RESTARTED];
    if (before !== undefined && parseTimestamp(before) === parseTimestamp(at))
      throw failed(
        `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
      );
    const body = { spec: { template: { metadata: { annotations: { [RESTARTED]: at } } } } };
    const changed = yield* want<JsonObject>(call, patchRequest(call, found, 'strategic', body, 'kubectl-rollout'));
    yield* tell(call, resource, changed, 'restarted');
  }),
};

export const rolloutCommands: Family = {
  commands: { status, history, undo, restart, pause: pausing(true), resume: pausing(false) },
};
