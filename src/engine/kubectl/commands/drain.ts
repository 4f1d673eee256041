/** `kubectl cordon`, `uncordon` and `drain`. @source kubernetes kubectl/pkg/cmd/drain/drain.go, kubectl/pkg/drain/{cordon,drain,filters}.go */
import type { Node, Pod } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { ask, type Call, failed, refusal, statusOf, want } from '../call/context';
import { type Doing, Failure, now, sleep } from '../call/effects';
import { type Found, fetched, selectors, targetsOf } from '../call/targets';
import { resourceFor } from '../call/discovery';
import type { Command } from './command';
import { waitUntilGone } from './delete';
import { dryRunOf, dryRunSuffix, patchRequest } from './writing';

function* nodesOf(call: Call, command: string): Doing<readonly Found[]> {
  const { flags } = call;
  if (flags.args.length === 0 && flags.text('selector') === '')
    throw new Failure(`error: USAGE: ${command} NODE [flags]\nSee 'kubectl ${command} -h' for help and examples`);
  const found: Found[] = [];
  for (const target of yield* targetsOf(call, ['nodes', ...flags.args.map((arg) => arg.replace(/^nodes?\//, ''))], {
    selector: flags.text('selector'),
  }))
    found.push(...(yield* fetched(call, target, selectors(call))));
  return found;
}

function* cordon(call: Call, found: Found, wanted: boolean): Doing<void> {
  const { kubectl } = call;
  const word = wanted ? 'cordoned' : 'uncordoned';
  const node = found.object as Node;
  if ((node.spec.unschedulable ?? false) === wanted)
    return kubectl.out(`node/${found.name} already ${word}${dryRunSuffix(call)}\n`);
  if (dryRunOf(call) !== 'client')
    yield* want(call, patchRequest(call, found, 'strategic', { spec: { unschedulable: wanted || null } }, null));
  kubectl.out(`node/${found.name} ${word}${dryRunSuffix(call)}\n`);
}

const cordoning = (command: string, wanted: boolean): Command => ({
  *run(call) {
    for (const found of yield* nodesOf(call, command)) yield* cordon(call, found, wanted);
    return 0;
  },
});

export const cordonCommand = cordoning('cordon', true);
export const uncordonCommand = cordoning('uncordon', false);

const RETRY: Micros = 5 * SECOND;
const A_WEEK: Micros = 168 * 3600 * SECOND;

interface Verdict {
  readonly pod: Pod;
  readonly warning: string;
  readonly error: string;
  readonly delete: boolean;
}

const nameOf = ({ metadata }: Pod): string => `${metadata.namespace}/${metadata.name}`;

/** Whether a pod is to go. @source kubectl/pkg/drain/filters.go */
function* verdictOf(call: Call, pod: Pod): Doing<Verdict | null> {
  const { flags } = call;
  const { metadata, spec, status } = pod;
  if (metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return null;
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  const verdict = (warning: string, error: string, deleted: boolean): Verdict => ({
    pod,
    warning,
    error,
    delete: deleted,
  });
  if (owner?.kind === 'DaemonSet' && !finished) {
    const reply = yield* ask(call, {
      method: 'GET',
      path: `/apis/apps/v1/namespaces/${metadata.namespace}/daemonsets/${owner.name}`,
    });
    if (!reply.ok && reply.code === 404)
      return flags.on('force')
        ? verdict(statusOf(reply).message ?? '', '', true)
        : verdict('', statusOf(reply).message ?? '', false);
    return flags.on('ignore-daemonsets')
      ? verdict('ignoring DaemonSet-managed Pods', '', false)
      : verdict('', 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)', false);
  }
  let warning = '';
  if ((spec.volumes ?? []).some(({ emptyDir }) => emptyDir !== undefined) && !finished) {
    if (!flags.on('delete-emptydir-data'))
      return verdict('', 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', false);
    warning = 'deleting Pods with local storage';
  }
  if (owner === undefined && !finished) {
    if (!flags.on('force'))
      return verdict(
        '',
        'cannot delete cannot delete Pods that declare no controller (use --force to override)',
        false,
      );
    warning = 'deleting Pods that declare no controller';
  }
  return verdict(warning, '', true);
}

/** Texts with the pods that they are about. */
function grouped(verdicts: readonly Verdict[], textOf: (verdict: Verdict) => string): string[] {
  const groups = new Map<string, string[]>();
  for (const verdict of verdicts) {
    const text = textOf(verdict);
    if (text !== '') groups.set(text, [...(groups.get(text) ?? []), nameOf(verdict.pod)]);
  }
  return [...groups].map(([text, names]) => `${text}: ${names.join(', ')}`);
}

export const drainCommand: Command = {
  *run(call) {
    const { kubectl } = call;
    const nodes = yield* nodesOf(call, 'drain');
    for (const node of nodes) yield* cordon(call, node, true);
    const problems: string[] = [];
    for (const node of nodes) {
      try {
        yield* drain(call, node);
        kubectl.out(`node/${node.name} drained${dryRunSuffix(call)}\n`);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const text = error.message.replace(/^error: /, '');
        kubectl.err(
          `error: unable to drain node ${JSON.stringify(node.name)} due to error: ${text}, continuing command...\n`,
        );
        problems.push(text);
        const left = nodes.slice(nodes.indexOf(node)).map(({ name }) => ` ${name}\n`);
        kubectl.err(`There are pending nodes to be drained:\n${left.join('')}`);
      }
    }
    if (problems.length === 1) throw failed(problems[0]!);
    if (problems.length > 1) throw new Failure(problems.join('\n'));
    return 0;
  },
};

function* drain(call: Call, { name }: Found): Doing<void> {
  const { kubectl, flags } = call;
  const { items } = yield* want<{ readonly items: readonly Pod[] }>(call, {
    method: 'GET',
    path: '/api/v1/pods',
    query: {
      fieldSelector: `spec.nodeName=${name}`,
      limit: '500',
      ...(flags.text('pod-selector') === '' ? {} : { labelSelector: flags.text('pod-selector') }),
    },
  });
  const verdicts: Verdict[] = [];
  for (const pod of items) {
    const verdict = yield* verdictOf(call, pod);
    if (verdict !== null) verdicts.push(verdict);
  }
  const errors = grouped(verdicts, ({ error }) => error);
  if (errors.length > 0) throw failed(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
  const warnings = grouped(verdicts, ({ warning }) => warning);
  if (warnings.length > 0) kubectl.err(`Warning: ${warnings.join('; ')}\n`);
  let waiting = verdicts.filter((verdict) => verdict.delete).map(({ pod }) => pod);
  const began = yield* now();
  const timeout = flags.span('timeout');
  const resource = yield* resourceFor(call, 'pods');
  const evicted: Pod[] = [];
  while (waiting.length > 0) {
    const refused: Pod[] = [];
    for (const pod of waiting) {
      kubectl.out(`evicting pod ${nameOf(pod)}${dryRunSuffix(call)}\n`);
      if (dryRunOf(call) === 'client') continue;
      const problem = yield* evict(call, pod);
      if (problem === null) evicted.push(pod);
      else {
        kubectl.err(
          `error when evicting pods/${JSON.stringify(pod.metadata.name)} -n ${JSON.stringify(pod.metadata.namespace)} (will retry after 5s): ${problem}\n`,
        );
        refused.push(pod);
      }
    }
    for (const pod of evicted.splice(0)) {
      const { uid, namespace = '', name: podName } = pod.metadata;
      const left = timeout === 0 ? A_WEEK : began + timeout - (yield* now());
      if (!(yield* waitUntilGone(call, { resource, namespace, name: podName }, uid, left)))
        throw failed(
          `error when waiting for pod ${JSON.stringify(podName)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${flags.text('timeout')}`,
        );
      kubectl.out(`pod/${podName} evicted${dryRunSuffix(call)}\n`);
    }
    waiting = refused;
    if (waiting.length === 0) break;
    if (timeout > 0 && (yield* now()) - began >= timeout)
      throw failed(
        `error when evicting pods/${JSON.stringify(waiting[0]!.metadata.name)} -n ${JSON.stringify(waiting[0]!.metadata.namespace)}: global timeout reached: ${flags.text('timeout')}`,
      );
    yield* sleep(RETRY);
  }
}

/** @returns why it is to be tried again; null: it goes */
function* evict(call: Call, { metadata }: Pod): Doing<string | null> {
  const { flags } = call;
  const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
  const grace = flags.number('grace-period', -1);
  const deleteOptions = {
    ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
    ...(dryRunOf(call) === 'server' ? { dryRun: ['All'] } : {}),
  };
  const reply = flags.on('disable-eviction')
    ? yield* ask(call, { method: 'DELETE', path, body: { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions } })
    : yield* ask(call, {
        method: 'POST',
        path: `${path}/eviction`,
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name: metadata.name, namespace: metadata.namespace },
          deleteOptions,
        },
      });
  if (reply.ok || reply.code === 404) return null;
  if (reply.code === 429) return statusOf(reply).message ?? '';
  throw refusal(
    reply,
    `error when evicting pods/${JSON.stringify(metadata.name)} -n ${JSON.stringify(metadata.namespace)}`,
  );
}
