/**
 * What a kustomization comes to: its resources and those of its bases, what it generates, and all that it does to them.
 *
 * @source sigs.k8s.io/kustomize api/krusty/kustomizer.go, api/internal/target/kusttarget.go, api/types/kustomization.go
 */
import { byteOrder, isJsonObject, type JsonObject } from '#engine/api/json';
import { parseManifest } from '#engine/api/manifest';
import { type Doing, filesIn, readFile } from '../call/effects';
import { absolutePath } from '../terminal/files';
import { type Generated, generated } from './generate';
import { contentHash } from './hash';
import { mergePatch } from './merge';
import { patched } from './patches';
import { mendReferences } from './references';
import {
  groupVersion,
  idText,
  kindOf,
  KustomizeProblem,
  listOf,
  mapOf,
  nameOf,
  namespaceOf,
  newResource,
  rename,
  type Resource,
  textOf,
} from './resource';
import { affix, setAnnotations, setImage, setLabels, setNamespace, setReplicas } from './transform';
import { UNKNOWN_SCHEMA } from '#engine/api/patch/strategies';

const FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const FIELDS =
  'apiVersion kind metadata resources bases components namespace namePrefix nameSuffix commonLabels labels commonAnnotations images replicas patches patchesStrategicMerge patchesJson6902 configMapGenerator secretGenerator generatorOptions sortOptions'.split(
    ' ',
  );
/** What only the real one does. */
const NOT_HERE =
  'crds vars replacements generators transformers validators helmCharts helmGlobals helmChartInflationGenerator openapi configurations buildMetadata'.split(
    ' ',
  );
/** Fields that have a better one. */
const DEPRECATED: Readonly<Record<string, string>> = {
  bases: 'resources',
  commonLabels: 'labels',
  patchesJson6902: 'patches',
  patchesStrategicMerge: 'patches',
};

export interface Built {
  readonly objects: readonly JsonObject[];
  /** Lines for stderr. */
  readonly warnings: readonly string[];
}

/** @throws KustomizeProblem */
export function* build(folder: string, directory: string): Doing<Built> {
  const warnings: string[] = [];
  const root = absolutePath(folder, directory);
  const below = yield* filesIn(root);
  if (below.length === 0)
    throw new KustomizeProblem(
      `must build at directory: not a valid directory: evalsymlink failure on '${folder}' : lstat ${root}: no such file or directory`,
    );
  const { kustomization } = yield* load(root);
  let resources = yield* accumulated(root, warnings, []);
  for (const resource of resources)
    if (resource.hashed) rename(resource, { name: `${nameOf(resource)}-${contentHash(resource.object, '')}` });
  mendReferences(resources);
  if (textOf(mapOf(kustomization['sortOptions'])['order']) !== 'fifo') resources = resources.toSorted(order);
  return { objects: resources.map(({ object }) => object), warnings };
}

function* load(folder: string): Doing<{ readonly kustomization: JsonObject }> {
  for (const file of FILES) {
    const text = yield* readFile(`${folder}/${file}`);
    if (text === null) continue;
    if (text.trim() === '') throw new KustomizeProblem(`${file} is empty`);
    const parsed = parseManifest(text, file);
    if (!parsed.ok)
      throw new KustomizeProblem(
        `invalid Kustomization: ${parsed.error.message.replace(/^error: error parsing [^:]+: /, '')}`,
      );
    const kustomization = parsed.documents[0]?.object ?? {};
    for (const field of Object.keys(kustomization)) {
      if (NOT_HERE.includes(field))
        throw new KustomizeProblem(`the laptop's kustomize does not know the field ${JSON.stringify(field)}`);
      if (!FIELDS.includes(field))
        throw new KustomizeProblem(`invalid Kustomization: json: unknown field ${JSON.stringify(field)}`);
    }
    return { kustomization };
  }
  throw new KustomizeProblem(
    `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder}'`,
  );
}

/** @param above - folders whose kustomizations name this one */
function* accumulated(folder: string, warnings: string[], above: readonly string[]): Doing<readonly Resource[]> {
  const { kustomization } = yield* load(folder);
  for (const [field, better] of Object.entries(DEPRECATED))
    if (kustomization[field] !== undefined)
      warnings.push(
        `# Warning: '${field}' is deprecated. Please use '${better}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.`,
      );
  if (above.includes(folder))
    throw new KustomizeProblem(`cycle detected: candidate root '${folder}' contains visited root '${folder}'`);
  const all: Resource[] = [];
  for (const path of [...listOf(kustomization['resources']), ...listOf(kustomization['bases'])].map(textOf))
    add(all, yield* resourcesAt(folder, path, warnings, [...above, folder]), path, absolutePath(path, folder));
  yield* generate(folder, kustomization, all);
  let resources: readonly Resource[] = all;
  for (const path of listOf(kustomization['components']).map(textOf))
    resources = yield* transformed(absolutePath(path, folder), resources, warnings);
  return yield* transformedBy(folder, kustomization, resources);
}

/** A component: it works on what is there. */
function* transformed(folder: string, resources: readonly Resource[], warnings: string[]): Doing<readonly Resource[]> {
  const { kustomization } = yield* load(folder);
  const all = [...resources];
  for (const path of listOf(kustomization['resources']).map(textOf))
    add(all, yield* resourcesAt(folder, path, warnings, [folder]), path, absolutePath(path, folder));
  yield* generate(folder, kustomization, all);
  return yield* transformedBy(folder, kustomization, all);
}

function* resourcesAt(
  folder: string,
  path: string,
  warnings: string[],
  above: readonly string[],
): Doing<readonly Resource[]> {
  const place = absolutePath(path, folder);
  const text = yield* readFile(place);
  if (text === null) {
    if ((yield* filesIn(place)).length > 0) return yield* accumulated(place, warnings, above);
    const missing = `evalsymlink failure on '${place}' : lstat ${place}: no such file or directory`;
    throw new KustomizeProblem(
      `accumulating resources: accumulation err='accumulating resources from '${path}': ${missing}': must build at directory: not a valid directory: ${missing}`,
    );
  }
  if (!place.startsWith(`${folder}/`))
    throw new KustomizeProblem(
      `accumulating resources: accumulation err='accumulating resources from '${path}': security; file '${place}' is not in or below '${folder}'': must build at directory: '${place}': file is not directory`,
    );
  const parsed = parseManifest(text, path, false);
  if (!parsed.ok)
    throw new KustomizeProblem(
      `accumulating resources: accumulation err='accumulating resources from '${path}': ${parsed.error.message.replace(/^error: error parsing [^:]+: error converting YAML to JSON: /, 'MalformedYAMLError: ')} in File: ${path}': must build at directory: '${place}': file is not directory`,
    );
  return parsed.documents.map(({ object }) => newResource(object));
}

const identity = (resource: Resource): string =>
  [kindOf(resource), groupVersion(resource).group, namespaceOf(resource), nameOf(resource)].join('/');

function add(all: Resource[], more: readonly Resource[], path: string, place: string): void {
  for (const one of more) {
    if (all.some((known) => identity(known) === identity(one)))
      throw new KustomizeProblem(
        `accumulating resources: accumulation err='accumulating resources from '${path}': '${place}' must resolve to a file': recursed merging from path '${place}': may not add resource with an already registered id: ${idText(one)}`,
      );
    all.push(one);
  }
}

function* generate(folder: string, kustomization: JsonObject, all: Resource[]): Doing<void> {
  const options = mapOf(kustomization['generatorOptions']);
  for (const [field, kind] of [
    ['configMapGenerator', 'ConfigMap'],
    ['secretGenerator', 'Secret'],
  ] as const)
    for (const wanted of listOf(kustomization[field]))
      if (isJsonObject(wanted)) absorb(all, yield* generated(folder, kind, wanted, options));
}

/** Puts what was generated beside what is there, or into it. */
function absorb(all: Resource[], { resource, behavior }: Generated): void {
  const known = all.findIndex(
    (one) => kindOf(one) === kindOf(resource) && one.before.some(({ name }) => name === nameOf(resource)),
  );
  if (behavior === 'create') {
    if (known >= 0)
      throw new KustomizeProblem(
        `merging from generator <nil>: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:${JSON.stringify(kindOf(resource))}, isClusterScoped:false}, Name:${JSON.stringify(nameOf(resource))}, Namespace:""} exists; behavior must be merge or replace`,
      );
    all.push(resource);
    return;
  }
  const before = all[known];
  if (before === undefined)
    throw new KustomizeProblem(
      `merging from generator <nil>: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:${JSON.stringify(kindOf(resource))}, isClusterScoped:false}, Name:${JSON.stringify(nameOf(resource))}, Namespace:""} does not exist; cannot merge or replace`,
    );
  const { name: _name, namespace: _namespace, ...marks } = mapOf(resource.object['metadata']);
  const { metadata: _metadata, ...content } = resource.object;
  if (behavior === 'merge')
    before.object = mergePatch(before.object, { ...content, metadata: marks }, UNKNOWN_SCHEMA) ?? before.object;
  else {
    const { name } = mapOf(before.object['metadata']);
    before.object = { ...content, metadata: { ...marks, name: name ?? null } };
  }
  all[known] = { ...before, hashed: before.hashed && resource.hashed };
}

function* transformedBy(
  folder: string,
  kustomization: JsonObject,
  before: readonly Resource[],
): Doing<readonly Resource[]> {
  let resources = before;
  for (const path of listOf(kustomization['patchesStrategicMerge']).map(textOf))
    resources = patched(resources, path.includes('\n') ? path : yield* patchText(folder, path), null);
  for (const one of [...listOf(kustomization['patches'])]) {
    const { path, patch, target } = mapOf(one);
    const text = textOf(patch) === '' ? yield* patchText(folder, textOf(path)) : textOf(patch);
    resources = patched(resources, text, isJsonObject(target) ? target : null);
  }
  const namespace = textOf(kustomization['namespace']);
  if (namespace !== '') setNamespace(resources, namespace);
  const [prefix, suffix] = [textOf(kustomization['namePrefix']), textOf(kustomization['nameSuffix'])];
  if (prefix !== '' || suffix !== '') affix(resources, prefix, suffix);
  const common = mapOf(kustomization['commonLabels']);
  for (const one of listOf(kustomization['labels'])) {
    const { pairs, includeSelectors, includeTemplates } = mapOf(one);
    setLabels(resources, mapOf(pairs), {
      selectors: includeSelectors === true,
      templates: includeTemplates === true,
    });
  }
  if (Object.keys(common).length > 0) setLabels(resources, common, { selectors: true });
  const annotations = mapOf(kustomization['commonAnnotations']);
  if (Object.keys(annotations).length > 0) setAnnotations(resources, annotations);
  for (const one of listOf(kustomization['patchesJson6902'])) {
    const { path, patch, target } = mapOf(one);
    const text = textOf(patch) === '' ? yield* patchText(folder, textOf(path)) : textOf(patch);
    resources = patched(resources, text, mapOf(target));
  }
  for (const one of listOf(kustomization['replicas']))
    setReplicas(resources, textOf(mapOf(one)['name']), mapOf(one)['count'] ?? 0);
  for (const one of listOf(kustomization['images'])) setImage(resources, mapOf(one));
  return resources;
}

function* patchText(folder: string, path: string): Doing<string> {
  const place = absolutePath(path, folder);
  const text = yield* readFile(place);
  if (text === null)
    throw new KustomizeProblem(
      `trouble configuring builtin PatchTransformer with config: \`\npath: ${path}\n\`: failed to get the patch file from path(${path}): evalsymlink failure on '${place}' : lstat ${place}: no such file or directory`,
    );
  return text;
}

/** In which order an administrator would create things. @source api/internal/builtins/SortOrderTransformer.go */
const FIRST =
  'Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget'.split(
    ' ',
  );
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

function order(a: Resource, b: Resource): number {
  const rank = (one: Resource): number => {
    const kind = kindOf(one);
    if (FIRST.includes(kind)) return FIRST.indexOf(kind) - FIRST.length;
    return LAST.includes(kind) ? LAST.indexOf(kind) + 1 : 0;
  };
  const text = (one: Resource): string => {
    const { group, version } = groupVersion(one);
    return `${group || '~G'}_${version}_${kindOf(one)}|${namespaceOf(one)}|${nameOf(one)}`;
  };
  return rank(a) - rank(b) || byteOrder(text(a), text(b));
}
