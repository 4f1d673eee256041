/**
 * Objects as Go's types write them: structs that are always there, though there is nothing in them. Commands that make objects
 * print them so; what comes from the server is printed as it came.
 *
 * @source kubernetes staging/src/k8s.io/api (types without omitempty, structs by value)
 */
import { asText } from '../call/context';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';

type Draft = Record<string, JsonValue>;

const map = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

function podSpec(spec: JsonObject): JsonObject {
  const filled: Draft = { ...spec };
  for (const list of ['containers', 'initContainers']) {
    const containers = spec[list];
    if (isJsonArray(containers)) filled[list] = containers.map((one) => ({ resources: {}, ...map(one) }));
  }
  if (!('containers' in filled)) filled['containers'] = null;
  return filled;
}

const template = (value: JsonValue | undefined): JsonObject => {
  const given = map(value);
  return { ...given, metadata: map(given['metadata']), spec: podSpec(map(given['spec'])) };
};

const withTemplate = (spec: JsonObject): JsonObject => ({ ...spec, template: template(spec['template']) });
const LOAD_BALANCER: JsonObject = { loadBalancer: {} };

const FILLED: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  Pod: (object) => ({ status: {}, ...object, spec: podSpec(map(object['spec'])) }),
  Deployment: (object) => ({ status: {}, ...object, spec: { strategy: {}, ...withTemplate(map(object['spec'])) } }),
  Job: (object) => ({ status: {}, ...object, spec: withTemplate(map(object['spec'])) }),
  CronJob: (object) => {
    const spec = map(object['spec']);
    const job = map(spec['jobTemplate']);
    return {
      status: {},
      ...object,
      spec: { ...spec, jobTemplate: { ...job, metadata: map(job['metadata']), spec: withTemplate(map(job['spec'])) } },
    };
  },
  Service: (object) => ({ status: LOAD_BALANCER, spec: {}, ...object }),
  Ingress: (object) => ({ status: LOAD_BALANCER, ...object }),
  Namespace: (object) => ({ spec: {}, status: {}, ...object }),
  ResourceQuota: (object) => ({ spec: {}, status: {}, ...object }),
  PodDisruptionBudget: (object) => ({
    ...object,
    status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0, ...map(object['status']) },
  }),
  HorizontalPodAutoscaler: (object) => ({
    ...object,
    status: { currentMetrics: null, desiredReplicas: 0, ...map(object['status']) },
  }),
  Role: (object) => ({ rules: null, ...object }),
  ClusterRole: (object) => ({ rules: null, ...object }),
};

export const typed = (object: JsonObject): JsonObject => FILLED[asText(object['kind'])]?.(object) ?? object;
