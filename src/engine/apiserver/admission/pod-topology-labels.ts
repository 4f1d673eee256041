/**
 * A pod carries the zone and region of the node that it is bound to.
 *
 * @source kubernetes plugin/pkg/admission/podtopologylabels/admission.go
 */
import type { Pod } from '#engine/api/types';
import { nodeOf } from '../watch-cache';
import { admit, type AdmissionPlugin } from './plugin';

const LABELS = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

export const podTopologyLabels: AdmissionPlugin = (request, object, around) => {
  if (request.info.kind !== 'Pod' || request.verb !== 'create') return admit(object);
  const name = nodeOf(object);
  if (name === '') return admit(object);
  const node = around.find('nodes', '', name);
  const labels: Record<string, string> = {};
  for (const label of LABELS) {
    const value = node?.metadata.labels?.[label];
    if (value !== undefined && object.metadata.labels?.[label] !== value) labels[label] = value;
  }
  if (Object.keys(labels).length === 0) return admit(object);
  const pod = object as Pod;
  return admit({ ...pod, metadata: { ...pod.metadata, labels: merged(pod.metadata.labels ?? NO_LABELS, labels) } });
};

type Labels = Record<string, string>;
const NO_LABELS: Labels = Object.freeze({});
const MEMO_SIZE = 64;
const mergedBefore = new WeakMap<Labels, Map<string, Labels>>();

/** Pods that share their labels share them after this, too. */
function merged(labels: Labels, added: Labels): Labels {
  let known = mergedBefore.get(labels);
  if (known === undefined) mergedBefore.set(labels, (known = new Map()));
  const key = LABELS.map((label) => added[label] ?? '').join(',');
  let result = known.get(key);
  if (result === undefined) {
    if (known.size >= MEMO_SIZE) known.clear();
    known.set(key, (result = Object.freeze({ ...labels, ...added })));
  }
  return result;
}
