/**
 * A pod carries the zone and region of the node that it is bound to.
 *
 * @source kubernetes plugin/pkg/admission/podtopologylabels/admission.go
 */
import type { Pod } from '#engine/api/types';
import { nodeOf } from '../watch-cache';
import { admit, type AdmissionPlugin } from './plugin';

const ZONE = 'topology.kubernetes.io/zone';
const REGION = 'topology.kubernetes.io/region';

export const podTopologyLabels: AdmissionPlugin = (request, object, around) => {
  if (request.info.kind !== 'Pod' || request.verb !== 'create') return admit(object);
  const name = nodeOf(object);
  const topology = name === '' ? undefined : around.find('nodes', '', name)?.metadata.labels;
  if (topology === undefined) return admit(object);
  const zone = topology[ZONE];
  const region = topology[REGION];
  const pod = object as Pod;
  const { labels = NO_LABELS } = pod.metadata;
  if ((zone === undefined || labels[ZONE] === zone) && (region === undefined || labels[REGION] === region))
    return admit(object);
  const metadata = { ...pod.metadata };
  metadata.labels = merged(labels, zone, region);
  const labelled = { ...pod };
  labelled.metadata = metadata;
  return admit(labelled);
};

type Labels = Record<string, string>;
const NO_LABELS: Labels = Object.freeze({});
const MEMO_SIZE = 64;
const mergedBefore = new WeakMap<Labels, Map<string, Labels>>();

/** Pods that share their labels share them after this, too. */
function merged(labels: Labels, zone: string | undefined, region: string | undefined): Labels {
  let known = mergedBefore.get(labels);
  if (known === undefined) mergedBefore.set(labels, (known = new Map()));
  const key = `${zone ?? ''},${region ?? ''}`;
  let result = known.get(key);
  if (result === undefined) {
    if (known.size >= MEMO_SIZE) known.clear();
    const made = { ...labels };
    if (zone !== undefined) made[ZONE] = zone;
    if (region !== undefined) made[REGION] = region;
    known.set(key, (result = Object.freeze(made)));
  }
  return result;
}
