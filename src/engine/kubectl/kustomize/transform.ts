/**
 * What kustomizations do to all their objects: namespaces, affixes of names, labels, annotations, replicas, images.
 *
 * @source sigs.k8s.io/kustomize api/internal/builtins, api/konfig/builtinpluginconsts
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import {
  changeAt,
  kindOf,
  KustomizeProblem,
  mapOf,
  nameOf,
  isNamespaced,
  rename,
  type Resource,
  steps,
  textOf,
} from './resource';

interface Place {
  /** Empty: all. */
  readonly kinds: readonly string[];
  readonly path: string;
  readonly create: boolean;
}

const place = (kinds: string, path: string, create = true): Place => ({
  kinds: kinds === '' ? [] : kinds.split(' '),
  path,
  create,
});

const TEMPLATED = 'ReplicationController Deployment ReplicaSet DaemonSet StatefulSet Job';
const OWN_LABELS: readonly Place[] = [place('', 'metadata/labels')];
const TEMPLATE_LABELS: readonly Place[] = [
  place(TEMPLATED, 'spec/template/metadata/labels'),
  place('StatefulSet', 'spec/volumeClaimTemplates[]/metadata/labels'),
  place('CronJob', 'spec/jobTemplate/metadata/labels'),
  place('CronJob', 'spec/jobTemplate/spec/template/metadata/labels'),
];
const AFFINITIES = ['podAffinity', 'podAntiAffinity'].flatMap((kind) => [
  `affinity/${kind}/preferredDuringSchedulingIgnoredDuringExecution[]/podAffinityTerm/labelSelector/matchLabels`,
  `affinity/${kind}/requiredDuringSchedulingIgnoredDuringExecution[]/labelSelector/matchLabels`,
]);
const SELECTORS: readonly Place[] = [
  place('Service ReplicationController', 'spec/selector'),
  place('Deployment ReplicaSet DaemonSet StatefulSet', 'spec/selector/matchLabels'),
  place('Job PodDisruptionBudget', 'spec/selector/matchLabels', false),
  place('CronJob', 'spec/jobTemplate/spec/selector/matchLabels', false),
  place('NetworkPolicy', 'spec/podSelector/matchLabels', false),
  place('NetworkPolicy', 'spec/ingress[]/from[]/podSelector/matchLabels', false),
  place('NetworkPolicy', 'spec/egress[]/to[]/podSelector/matchLabels', false),
  ...[...AFFINITIES, 'topologySpreadConstraints[]/labelSelector/matchLabels'].map((path) =>
    place('Deployment StatefulSet', `spec/template/spec/${path}`, false),
  ),
];
const ANNOTATIONS: readonly Place[] = [
  place('', 'metadata/annotations'),
  place(TEMPLATED, 'spec/template/metadata/annotations'),
  place('CronJob', 'spec/jobTemplate/metadata/annotations'),
  place('CronJob', 'spec/jobTemplate/spec/template/metadata/annotations'),
];
const WEBHOOKS = 'MutatingWebhookConfiguration ValidatingWebhookConfiguration';
const NAMESPACES: readonly Place[] = [
  place('APIService', 'spec/service/namespace', false),
  place(WEBHOOKS, 'webhooks[]/clientConfig/service/namespace', false),
  place('CustomResourceDefinition', 'spec/conversion/webhook/clientConfig/service/namespace', false),
];

function atPlaces(
  resource: Resource,
  places: readonly Place[],
  change: (found: JsonValue | undefined) => JsonValue | undefined,
): void {
  for (const { kinds, path, create } of places) {
    if (kinds.length > 0 && !kinds.includes(kindOf(resource))) continue;
    resource.object = changeAt(resource.object, withLists(path), create, change) as JsonObject;
  }
}

/** A list on the way is a step that its items are looked up in. */
const withLists = (path: string): readonly string[] => steps(path).map((step) => step.replace(/\[\]$/, ''));

const merged =
  (more: JsonObject) =>
  (found: JsonValue | undefined): JsonValue => ({ ...mapOf(found), ...more });

export function setNamespace(resources: readonly Resource[], namespace: string): void {
  for (const resource of resources) {
    if (kindOf(resource) === 'Namespace') rename(resource, { name: namespace });
    else if (isNamespaced(resource)) rename(resource, { namespace });
    atPlaces(resource, NAMESPACES, () => namespace);
    if (!kindOf(resource).endsWith('RoleBinding')) continue;
    // Others follow their accounts when references are mended.
    const subjects = (found: JsonValue | undefined): JsonValue | undefined =>
      isJsonObject(found) && found['kind'] === 'ServiceAccount' && found['name'] === 'default'
        ? { ...found, namespace }
        : found;
    resource.object = changeAt(resource.object, ['subjects[]'], false, subjects) as JsonObject;
  }
}

const NEVER_AFFIXED = ['CustomResourceDefinition', 'APIService', 'Namespace'];

export function affix(resources: readonly Resource[], prefix: string, suffix: string): void {
  for (const resource of resources) {
    if (NEVER_AFFIXED.includes(kindOf(resource))) continue;
    resource.affixes.push(`${prefix}/${suffix}`);
    rename(resource, { name: `${prefix}${nameOf(resource)}${suffix}` });
  }
}

export function setLabels(
  resources: readonly Resource[],
  labels: JsonObject,
  { selectors = false, templates = false }: { readonly selectors?: boolean; readonly templates?: boolean },
): void {
  const places = [...OWN_LABELS, ...(selectors || templates ? TEMPLATE_LABELS : []), ...(selectors ? SELECTORS : [])];
  for (const resource of resources) atPlaces(resource, places, merged(labels));
}

export function setAnnotations(resources: readonly Resource[], annotations: JsonObject): void {
  for (const resource of resources) atPlaces(resource, ANNOTATIONS, merged(annotations));
}

const SCALED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController'];

export function setReplicas(resources: readonly Resource[], name: string, count: JsonValue): void {
  const meant = resources.filter(
    (one) => SCALED.includes(kindOf(one)) && (nameOf(one) === name || one.before.some((known) => known.name === name)),
  );
  if (meant.length === 0)
    throw new KustomizeProblem(
      `resource with name ${name} does not match a config with the following GVK [${SCALED.map((kind) => `${kind}.[noVer].[noGrp]`).join(' ')}]`,
    );
  for (const one of meant) one.object = changeAt(one.object, ['spec', 'replicas'], true, () => count) as JsonObject;
}

export function setImage(resources: readonly Resource[], image: JsonObject): void {
  const name = textOf(image['name']);
  for (const resource of resources)
    if (kindOf(resource) !== 'CustomResourceDefinition')
      resource.object = withImage(resource.object, name, image) as JsonObject;
}

/** All containers anywhere in an object. */
function withImage(value: JsonValue, name: string, image: JsonObject): JsonValue {
  if (isJsonArray(value)) return value.map((one) => withImage(one, name, image));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, JsonValue] => {
    if ((key !== 'containers' && key !== 'initContainers') || !isJsonArray(inner))
      return [key, withImage(inner, name, image)];
    const containers = inner.map((one) =>
      isJsonObject(one) && typeof one['image'] === 'string'
        ? { ...one, image: newImage(one['image'], name, image) }
        : one,
    );
    return [key, containers];
  });
  return Object.fromEntries(entries);
}

/** @source api/filters/imagetag/updater.go */
function newImage(text: string, name: string, image: JsonObject): string {
  const at = text.indexOf('@');
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':') > named.lastIndexOf('/') ? named.lastIndexOf(':') : -1;
  const own = colon < 0 ? named : named.slice(0, colon);
  if (own !== name) return text;
  const [newName, newTag, digest, suffix] = ['newName', 'newTag', 'digest', 'tagSuffix'].map((key) => {
    const value = image[key];
    return typeof value === 'number' ? String(value) : textOf(value);
  });
  let [tag, hash] = [colon < 0 ? '' : named.slice(colon + 1), at < 0 ? '' : text.slice(at + 1)];
  if (newTag && digest) [tag, hash] = [newTag, digest];
  else if (newTag) [tag, hash] = [newTag, ''];
  else if (digest) [tag, hash] = ['', digest];
  else if (suffix) [tag, hash] = [tag + suffix, ''];
  return `${newName || own}${tag === '' ? '' : `:${tag}`}${hash === '' ? '' : `@${hash}`}`;
}
