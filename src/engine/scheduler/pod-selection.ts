/**
 * Which pods a rule means: those of some namespaces whose labels match. Two selections of the same pods have the same key,
 * so that they are counted once.
 */
import {
  type LabelPredicate,
  type Labels,
  formatRequirements,
  labelPredicate,
  requirementsOf,
} from '#engine/api/label-selector';
import type { LabelSelector, Pod } from '#engine/api/types';

export interface PodSelection {
  readonly key: string;
  /** `label=value` that all these pods carry; empty: there is none that all carry. */
  readonly anchor: string;
  matches(pod: Pod): boolean;
}

/** A LabelSelector, made ready once per object. */
export interface ReadySelector {
  readonly text: string;
  readonly anchor: string;
  readonly matches: LabelPredicate;
  /** Whether it has no requirement, so that it matches everything. */
  readonly isEmpty: boolean;
}

const NOTHING: ReadySelector = Object.freeze({ text: '!', anchor: '', matches: () => false, isEmpty: false });
const selectors = new WeakMap<LabelSelector, ReadySelector>();
const maps = new WeakMap<Labels, ReadySelector>();

/** No selector matches nothing, an empty one everything. */
export function readySelector(selector: LabelSelector | undefined): ReadySelector {
  if (selector === undefined) return NOTHING;
  let ready = selectors.get(selector);
  if (ready === undefined) selectors.set(selector, (ready = makeReady(selector)));
  return ready;
}

/** A plain map of labels, as Services have it. */
export function readyLabels(matchLabels: Labels): ReadySelector {
  let ready = maps.get(matchLabels);
  if (ready === undefined) maps.set(matchLabels, (ready = makeReady({ matchLabels })));
  return ready;
}

function makeReady(selector: LabelSelector): ReadySelector {
  const requirements = requirementsOf(selector);
  if (requirements === undefined) return NOTHING;
  const sure = requirements.find(
    ({ operator, values }) => (operator === '=' || operator === 'in') && values.length === 1,
  );
  return Object.freeze({
    text: formatRequirements(requirements),
    anchor: sure === undefined ? '' : `${sure.key}=${sure.values[0] ?? ''}`,
    matches: labelPredicate(selector),
    isEmpty: requirements.length === 0,
  });
}

/** What is looked up by the pods that it means. */
export interface Anchored<T> {
  readonly all: Map<string, Set<T>>;
}

export const newAnchored = <T>(): Anchored<T> => ({ all: new Map() });

export function addAnchored<T>({ all }: Anchored<T>, anchor: string, item: T): void {
  const items = all.get(anchor);
  if (items === undefined) all.set(anchor, new Set([item]));
  else items.add(item);
}

export function removeAnchored<T>({ all }: Anchored<T>, anchor: string, item: T): void {
  const items = all.get(anchor);
  if (items?.delete(item) === true && items.size === 0) all.delete(anchor);
}

/** Calls back with every item that may mean the pod. */
export function eachAnchored<T>({ all }: Anchored<T>, pod: Pod, visit: (item: T) => void): void {
  if (all.size === 0) return;
  const labels = pod.metadata.labels;
  for (const key in labels) all.get(`${key}=${labels[key] ?? ''}`)?.forEach(visit);
  all.get('')?.forEach(visit);
}
