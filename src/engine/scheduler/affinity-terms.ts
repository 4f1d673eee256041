/**
 * The terms of a pod's affinity to other pods, made ready once per affinity and namespace.
 *
 * @source kubernetes staging/src/k8s.io/kube-scheduler/framework/types.go (AffinityTerm), pkg/scheduler/framework/types.go (newAffinityTerm)
 */
import { matchesSelector } from '#engine/api/label-selector';
import type { LabelSelector, Pod, PodSpec } from '#engine/api/types';
import type { View } from '#engine/client/plan';
import { type PodSelection, type ReadySelector, readySelector } from './pod-selection';

type Affinity = NonNullable<PodSpec['affinity']>;
type Term = NonNullable<NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']>[number];

/** Immutable. */
export interface AffinityTerm {
  readonly key: string;
  readonly topologyKey: string;
  readonly selector: ReadySelector;
  readonly namespaces: ReadonlySet<string>;
  /** Absent: only `namespaces` count. */
  readonly namespaceSelector: LabelSelector | undefined;
  /** Of preferred terms; negative for anti-affinity. 0 for required ones. */
  readonly weight: number;
}

export interface AffinityTerms {
  readonly affinity: readonly AffinityTerm[];
  readonly antiAffinity: readonly AffinityTerm[];
  /** Of both kinds. */
  readonly preferred: readonly AffinityTerm[];
}

const byAffinity = new WeakMap<Affinity, Map<string, AffinityTerms>>();

/** null: the pod does not care about other pods. */
export function affinityTermsOf({ spec: { affinity }, metadata: { namespace = '' } }: Pod): AffinityTerms | null {
  if (affinity === undefined || (affinity.podAffinity === undefined && affinity.podAntiAffinity === undefined))
    return null;
  let known = byAffinity.get(affinity);
  if (known === undefined) byAffinity.set(affinity, (known = new Map()));
  let terms = known.get(namespace);
  if (terms === undefined) known.set(namespace, (terms = makeReady(affinity, namespace)));
  return terms;
}

function makeReady({ podAffinity, podAntiAffinity }: Affinity, namespace: string): AffinityTerms {
  const required = (terms: readonly Term[] = []): AffinityTerm[] => terms.map((term) => newTerm(term, namespace, 0));
  return Object.freeze({
    affinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    antiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferred: [
      ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) =>
        newTerm(podAffinityTerm, namespace, weight),
      ),
      ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ weight, podAffinityTerm }) =>
        newTerm(podAffinityTerm, namespace, -weight),
      ),
    ],
  });
}

/** A term that names no namespace means the pod's own. */
function newTerm(term: Term, namespace: string, weight: number): AffinityTerm {
  const { topologyKey, labelSelector, namespaceSelector } = term;
  const given = term.namespaces ?? [];
  const names = given.length === 0 && namespaceSelector === undefined ? [namespace] : given.toSorted();
  const selector = readySelector(labelSelector);
  const key = [topologyKey, names.join(), readySelector(namespaceSelector).text, selector.text, weight].join('\n');
  return Object.freeze({ key, topologyKey, selector, namespaces: new Set(names), namespaceSelector, weight });
}

/** Whether the term means this pod; `namespaceLabels` are those of the pod's namespace. */
export const termMeans = (
  { namespaces, namespaceSelector, selector }: AffinityTerm,
  { metadata: { namespace = '', labels } }: Pod,
  namespaceLabels: Readonly<Record<string, string>> | undefined,
): boolean =>
  (namespaces.has(namespace) || matchesSelector(namespaceSelector, namespaceLabels)) && selector.matches(labels);

/** The pods that all these terms mean, by the namespaces there are. */
export function selectionOf(terms: readonly AffinityTerm[], view: View): PodSelection {
  const resolved = terms.map(({ selector, namespaces, namespaceSelector }) => ({
    matches: selector.matches,
    text: selector.text,
    namespaces: namespacesOf(namespaces, namespaceSelector, view),
  }));
  return {
    key: resolved
      .map(({ text, namespaces }) => `${namespaces === null ? '*' : [...namespaces].join()}\n${text}`)
      .join('\n'),
    anchor: terms.find(({ selector }) => selector.anchor !== '')?.selector.anchor ?? '',
    matches: ({ metadata: { namespace = '', labels } }) =>
      resolved.every(({ matches, namespaces }) => (namespaces?.has(namespace) ?? true) && matches(labels)),
  };
}

/** null: all. */
function namespacesOf(
  names: ReadonlySet<string>,
  selector: LabelSelector | undefined,
  view: View,
): ReadonlySet<string> | null {
  if (selector === undefined) return names;
  const { isEmpty, matches } = readySelector(selector);
  if (isEmpty) return null;
  const chosen = view.list('Namespace').filter(({ metadata }) => matches(metadata.labels));
  return new Set([...names, ...chosen.map(({ metadata }) => metadata.name)]);
}
