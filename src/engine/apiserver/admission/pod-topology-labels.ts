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
  return admit({ ...pod, metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...labels } } });
};
