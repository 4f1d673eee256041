/** What of a Service asks for hints on its endpoints: a field and two annotations, of which the second has an older name. */
import type { Service } from './types';

export const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
export const TOPOLOGY_AWARE_HINTS = 'service.kubernetes.io/topology-aware-hints';

export const hasTopologyAnnotation = ({ metadata: { annotations = {} } }: Service): boolean =>
  TOPOLOGY_MODE in annotations || TOPOLOGY_AWARE_HINTS in annotations;

export const asksForHints = (service: Service): boolean =>
  service.spec.trafficDistribution !== undefined || hasTopologyAnnotation(service);
