/**
 * Why something is not there: why an app has no pod on a machine. From records only: what the scheduler's plug-ins said of the
 * machine when it placed the app's pods, how pods that were there went, and what keeps pods off the machine's Node.
 */
import { controllerOf } from '#engine/api/meta';
import type { KubeObject, Node, Pod } from '#engine/api/types';
import { toldInRing } from '#engine/kernel/causes';
import type { ExplanationRecord } from '#engine/kernel/remembered';
import type { EventId, Told } from '#engine/kernel/process';
import type { Reason, Why } from './door';
import type { Belief } from './observe/belief';
import type { AttemptRecord, Subject } from './records';
import { chainFrom, explainSubject, lastWrite, reasonOf, type Sources } from './why';

const MOST_VERDICTS = 5;
const MOST_GONE = 2;
/** A Deployment's pods are its ReplicaSet's; nothing is deeper. */
const MOST_OWNERS = 3;

type RingTold = ReadonlyMap<EventId, readonly Told[]>;

/**
 * Why there is no pod of an app on a node; where there is one, why that is there.
 *
 * @param app - the workload, or a pod; with an empty name: any pod
 */
export function explainAbsence(sources: Sources, app: Subject, node: string): Why {
  const { belief } = sources;
  for (const object of belief.objectsOf('Pod')) {
    const pod = object as Pod;
    if (pod.spec.nodeName === node && belongsTo(belief, pod, app)) return explainSubject(sources, subjectOf(pod));
  }
  const told = toldInRing(sources.kernel.causes);
  const strands = [placed(sources, app, node), ...gone(sources, told, app, node), ...keptOff(sources, told, node)];
  const seen = new Set<string>();
  const reasons = strands
    .flatMap((strand) => strand.reasons)
    .sort((a, b) => b.at - a.at)
    .filter(({ event, text }) => !seen.has(`${event} ${text}`) && seen.add(`${event} ${text}`));
  return { subject: app, reasons, complete: reasons.length > 0 && strands.every(({ complete }) => complete) };
}

type Strand = Pick<Why, 'reasons' | 'complete'>;

const subjectOf = ({ kind, metadata }: KubeObject): Subject => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});

function belongsTo(belief: Belief, pod: KubeObject, app: Subject): boolean {
  if (app.name === '') return app.namespace === '' || app.namespace === pod.metadata.namespace;
  let object: KubeObject | undefined = pod;
  for (let depth = 0; object !== undefined && depth <= MOST_OWNERS; depth++) {
    const { kind, namespace, name } = subjectOf(object);
    if (kind === app.kind && namespace === app.namespace && name === app.name) return true;
    const owner = controllerOf(object);
    object = owner && belief.lastChange(owner.kind, namespace, owner.name)?.object;
  }
  return false;
}

/** What the scheduler has said of the node when it placed pods of the app, the last of each kind. */
function placed({ kernel, belief }: Sources, app: Subject, node: string): Strand {
  const { entries, first } = kernel.explanations;
  const reasons = new Map<string, Reason>();
  for (let i = entries.length - 1; i >= 0 && reasons.size < MOST_VERDICTS; i--) {
    const record = entries[i]!;
    if (record.what !== 'schedule' || !isOf(belief, record, app)) continue;
    const attempt = record.data as AttemptRecord;
    const verdict = verdictOn(node, attempt);
    const text = `${attempt.pod.namespace}/${attempt.pod.name} ${verdict}`;
    if (!reasons.has(verdict)) reasons.set(verdict, { ...reasonOf(record), text });
  }
  return { reasons: [...reasons.values()], complete: reasons.size > 0 || first === 0 };
}

function isOf(belief: Belief, { subject }: ExplanationRecord, app: Subject): boolean {
  if (subject === undefined) return false;
  const pod = belief.lastChange('Pod', subject.namespace, subject.name)?.object;
  return pod !== undefined && belongsTo(belief, pod, app);
}

/** What became of a node in an attempt, as the second half of a sentence that begins with the pod. */
function verdictOn(node: string, attempt: AttemptRecord): string {
  const { rejected, ruledOut, scores, node: winner, tied, sample } = attempt;
  const refusal = rejected.find(({ nodes }) => nodes.includes(node));
  if (refusal !== undefined) return `was not let onto ${node} by ${refusal.plugin}: ${refusal.reasons.join(', ')}`;
  if (winner === node && attempt.outcome === 'scheduled') return `was placed on ${node}`;
  const place = scores?.nodes.indexOf(node) ?? -1;
  if (scores !== null && winner !== null && place >= 0) {
    const [total, best] = [scores.totals[place]!, scores.totals[0]!];
    if (total < best) return `went to ${winner}, which scored ${best}, and ${node} ${total}`;
    return `went to ${winner}: ${tied} nodes, ${node} among them, scored ${best}, and one was drawn`;
  }
  if (sample.nominatedOnly) return `went to ${winner ?? 'no node'}, where others had made room for it`;
  if (ruledOut !== null)
    return `was not tried on ${node}: ${ruledOut.plugin} had ruled it out: ${ruledOut.reasons.join(', ')}`;
  if (sample.evaluated < attempt.nodes && sample.feasible > 0)
    return `went to ${winner ?? 'no node'}: ${sample.feasible} nodes that fit were enough, and ${node} was not looked at`;
  return `went to ${winner ?? 'no node'}; what was said of ${node} is not recorded`;
}

/** How the pods of the app went that were there last. */
function gone(sources: Sources, told: RingTold, app: Subject, node: string): Strand[] {
  const { belief } = sources;
  const left = [...belief.goneObjects()].filter(
    ({ object, event }) =>
      event >= 0 && object.kind === 'Pod' && (object as Pod).spec.nodeName === node && belongsTo(belief, object, app),
  );
  return left.slice(-MOST_GONE).map(({ event }) => chainFrom(sources, told, event));
}

/** What the Node says that keeps pods off it, and where that came from. */
function keptOff(sources: Sources, told: RingTold, name: string): Strand[] {
  const { belief, kernel } = sources;
  const subject: Subject = { kind: 'Node', namespace: '', name };
  const node = belief.object('Node', '', name) as Node | null;
  const { now: at } = kernel;
  const says = (text: string): Reason => ({ event: -1, at, actor: 'kube-apiserver', text, subject });
  if (node === null) {
    const { reasons, complete } = explainSubject(sources, subject);
    return [{ reasons: [says(`There is no Node ${name}.`), ...reasons], complete }];
  }
  const { taints = [], unschedulable = false } = node.spec;
  const facts = taints
    .filter(({ effect }) => effect !== 'PreferNoSchedule')
    .map(({ key, effect }) => says(`Node ${name} has the taint ${key}:${effect}.`));
  if (unschedulable) facts.push(says(`Node ${name} is unschedulable: it was cordoned.`));
  if (facts.length === 0) return [];
  const write = lastWrite(kernel, told, subject, ({ subresource }) => subresource === '');
  const chain = write === undefined ? { reasons: [], complete: false } : chainFrom(sources, told, write.event);
  return [{ reasons: [...facts, ...chain.reasons], complete: chain.complete }];
}
