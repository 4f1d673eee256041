/**
 * Node selectors and node affinity: which nodes a pod may run on, and which it would like.
 *
 * @source kubernetes staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go
 */
import type { Node, Pod, PodSpec } from './types';

export type NodeAffinity = NonNullable<NonNullable<PodSpec['affinity']>['nodeAffinity']>;
type NodeSelector = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>;
export type NodeSelectorTerm = NodeSelector['nodeSelectorTerms'][number];
type NodeSelectorRequirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number];

const INTEGER = /^[+-]?[0-9]{1,19}$/;

/** Whether a node meets what a pod requires: all of `nodeSelector`, and any term of its required affinity. */
export function matchesRequired(pod: Pod, node: Node): boolean {
  const wanted = pod.spec.nodeSelector;
  if (wanted !== undefined) {
    const labels = node.metadata.labels;
    for (const key in wanted) if (labels?.[key] !== wanted[key]) return false;
  }
  return matchesAffinity(pod.spec.affinity?.nodeAffinity, node);
}

/** Whether a node meets the required part of an affinity; nothing required is met by every node. */
export function matchesAffinity(affinity: NodeAffinity | undefined, node: Node): boolean {
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || (required.nodeSelectorTerms ?? []).some((term) => matchesTerm(term, node));
}

/** A term is met when all its expressions and fields are; an empty one never is. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  return (
    expressions.every((expression) => matchesValue(expression, node.metadata.labels?.[expression.key])) &&
    fields.every((field) => field.key === 'metadata.name' && matchesValue(field, node.metadata.name))
  );
}

/** Sum of the weights of the preferred terms that a node meets. */
export function preference(affinity: NodeAffinity | undefined, node: Node): number {
  let sum = 0;
  for (const { weight, preference: term } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
    if (weight !== 0 && matchesTerm(term, node)) sum += weight;
  }
  return sum;
}

/**
 * The only nodes that required terms can be met by, when every term names nodes; null when they do not say. Terms are
 * alternatives, requirements within a term all hold.
 */
export function namedNodes(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | null {
  const union = new Set<string>();
  for (const term of terms) {
    const lists = (term.matchFields ?? [])
      .filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
      .map(({ values }) => values ?? []);
    const [first, ...others] = lists;
    if (first === undefined) return null;
    for (const name of first) if (others.every((names) => names.includes(name))) union.add(name);
  }
  return terms.length === 0 ? null : union;
}

function matchesValue({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return comparesInteger(value, values, (left, right) => left > right);
    case 'Lt':
      return comparesInteger(value, values, (left, right) => left < right);
    default:
      return false;
  }
}

function comparesInteger(
  value: string | undefined,
  values: readonly string[],
  holds: (left: number, right: number) => boolean,
): boolean {
  const bound = values[0];
  if (value === undefined || bound === undefined || values.length !== 1) return false;
  return INTEGER.test(value) && INTEGER.test(bound) && holds(Number(value), Number(bound));
}
