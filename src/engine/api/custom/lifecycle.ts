/**
 * What becomes of a definition by itself: its names are accepted unless another has them, it is established, and when it is
 * deleted its objects go first. Each function answers the definition as it should be written, or null where nothing is to do.
 *
 * @source kubernetes apiextensions-apiserver/pkg/controller/{status/naming,establish/establishing,apiapproval/apiapproval}_controller.go,
 *   pkg/controller/finalizer/crd_finalizer.go, pkg/registry/customresourcedefinition/etcd.go
 */
import { quote } from '../field-error';
import { deepEqual, semanticEqual } from '../json';
import { conditionOf, hasCondition, setCondition } from '../meta';
import { timestamp } from '../timestamp';
import type { CustomResourceDefinition } from '../types';
import { approvalOf } from './api-approval';

type Definition = CustomResourceDefinition;
type Names = NonNullable<NonNullable<Definition['status']>['acceptedNames']>;
type Condition = NonNullable<NonNullable<Definition['status']>['conditions']>[number];
type NewCondition = Omit<Condition, 'lastTransitionTime'>;

/** What keeps a definition until its objects are gone. */
const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

function withCondition(definition: Definition, condition: NewCondition, now: number): Definition {
  const { status } = definition;
  const conditions = setCondition<Condition & { type: string }>(status?.conditions, condition, now);
  return { ...definition, status: { ...status, conditions } };
}

const INSTALLING: NewCondition = {
  type: 'Established',
  status: 'False',
  reason: 'Installing',
  message: 'the initial names have been accepted',
};
const NOT_ACCEPTED: NewCondition = {
  type: 'Established',
  status: 'False',
  reason: 'NotAccepted',
  message: 'not all names are accepted',
};

/**
 * Takes the names that a definition asks for and nobody else has.
 *
 * @param all - every definition there is
 */
export function withAcceptedNames(definition: Definition, all: readonly Definition[], now: number): Definition | null {
  const { spec, status } = definition;
  const wanted = spec.names;
  const accepted: Partial<Names> = status?.acceptedNames ?? {};
  if (semanticEqual(wanted, accepted)) return null;
  const others = all.filter((other) => other.spec.group === spec.group).map((other) => other.status?.acceptedNames);
  const resources = new Set(others.flatMap((names) => [names?.plural, names?.singular, ...(names?.shortNames ?? [])]));
  const kinds = new Set(others.flatMap((names) => [names?.kind, names?.listKind]));
  const names: Record<string, unknown> = { ...accepted };
  let conflict: { readonly reason: string; readonly message: string } | null = null;
  const take = (
    name: 'plural' | 'singular' | 'kind' | 'listKind',
    used: ReadonlySet<unknown>,
    reason: string,
  ): void => {
    if (wanted[name] !== accepted[name] && used.has(wanted[name])) conflict = { reason, message: inUse(wanted[name]) };
    else names[name] = wanted[name];
  };
  take('plural', resources, 'PluralConflict');
  take('singular', resources, 'SingularConflict');
  if (!deepEqual(wanted.shortNames ?? [], accepted.shortNames ?? [])) {
    const own = new Set([...(accepted.shortNames ?? []), accepted.plural, accepted.singular]);
    const taken = (wanted.shortNames ?? []).filter((name) => !own.has(name) && resources.has(name));
    if (taken.length > 0) {
      const texts = taken.map(inUse);
      conflict = { reason: 'ShortNamesConflict', message: texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]` };
    } else names['shortNames'] = wanted.shortNames;
  }
  take('kind', kinds, 'KindConflict');
  take('listKind', kinds, 'ListKindConflict');
  names['categories'] = wanted.categories;
  for (const name of Object.keys(names)) if (names[name] === undefined) delete names[name];

  const { reason, message } = conflict ?? { reason: 'NoConflicts', message: 'no conflicts found' };
  const naming: NewCondition = { type: 'NamesAccepted', status: conflict === null ? 'True' : 'False', reason, message };
  const before = conditionOf(status?.conditions, 'NamesAccepted');
  const told = before?.status === naming.status && before.reason === naming.reason && before.message === naming.message;
  if (told && semanticEqual(names, accepted)) return null;
  const named = { ...definition, status: { ...status, acceptedNames: names as unknown as Names } } as Definition;
  const next = withCondition(named, naming, now);
  const established = conditionOf(status?.conditions, 'Established');
  if (established?.status !== 'True' && naming.status === 'True') return withCondition(next, INSTALLING, now);
  return established === undefined ? withCondition(next, NOT_ACCEPTED, now) : next;
}

const inUse = (name: string | undefined): string => `${quote(name ?? '')} is already in use`;

/** Says that its resources are served. */
export function withEstablished(definition: Definition, now: number): Definition | null {
  const { conditions } = definition.status ?? {};
  if (!hasCondition(conditions, 'NamesAccepted') || hasCondition(conditions, 'Established')) return null;
  const { message } = INSTALLING;
  return withCondition(
    definition,
    { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: message! },
    now,
  );
}

/** Says whether an API of the community has been approved. */
export function withApproval(definition: Definition, now: number): Definition | null {
  const approval = approvalOf(definition);
  if (approval === null) return null;
  const { reason, message } = approval;
  const type = 'KubernetesAPIApprovalPolicyConformant';
  const before = conditionOf(definition.status?.conditions, type);
  if (before?.reason === reason && before.message === message) return null;
  const status = reason === 'ApprovedAnnotation' ? 'True' : 'False';
  return withCondition(definition, { type, status, reason, message }, now);
}

const terminating = (status: 'True' | 'False', reason: string, message: string): NewCondition => ({
  type: 'Terminating',
  status,
  reason,
  message,
});

const PENDING = terminating(
  'True',
  'InstanceDeletionPending',
  'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
);
const IN_PROGRESS = terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress');
const COMPLETED = terminating('False', 'InstanceDeletionCompleted', 'removed all instances');
const NEVER = terminating('False', 'NeverEstablished', 'resource was never established');

/** A definition whose deletion was asked for: it stays until its objects are gone. */
export function markedForDeletion(definition: Definition, now: number): Definition {
  const { finalizers = [] } = definition.metadata;
  const metadata = {
    ...definition.metadata,
    deletionTimestamp: timestamp(now),
    finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP],
  };
  return withCondition({ ...definition, metadata }, PENDING, now);
}

/** Whether its objects are to be deleted. */
export const isCleanedUp = ({ metadata }: Definition): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(CLEANUP);

/**
 * A definition on its way out.
 *
 * @param instances - how many objects it still has
 */
export function withCleanup(definition: Definition, instances: number, now: number): Definition | null {
  const { conditions } = definition.status ?? {};
  if (conditionOf(conditions, 'Terminating')?.reason !== IN_PROGRESS.reason)
    return withCondition(definition, IN_PROGRESS, now);
  const established = hasCondition(conditions, 'Established');
  if (established && instances > 0) return null;
  const { finalizers: before = [], ...metadata } = definition.metadata;
  const finalizers = before.filter((finalizer) => finalizer !== CLEANUP);
  const released = { ...definition, metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers } };
  return withCondition(released, established ? COMPLETED : NEVER, now);
}
