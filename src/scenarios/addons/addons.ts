/** What a cluster may have installed from its start, by name: `addons` of a scenario's cluster, `kubarium serve --addons`. */
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '#engine/api/json';
import { METRICS_SERVER, PROMETHEUS_ADAPTER } from '#engine/cluster/addons';

const MANIFESTS = { 'metrics-server': METRICS_SERVER, 'prometheus-adapter': PROMETHEUS_ADAPTER };

export type Addon = keyof typeof MANIFESTS;
export const ADDONS = Object.keys(MANIFESTS) as readonly Addon[];

/** The objects of an add-on, as a cluster's `manifests` have them. */
export const addonObjects = (addon: Addon): readonly JsonObject[] =>
  parseAllDocuments(MANIFESTS[addon]).map((document) => document.toJS() as JsonObject);
