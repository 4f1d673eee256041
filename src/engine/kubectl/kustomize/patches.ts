/** Patches of kustomizations: strategic merges of the object that they name, JSON patches of those that are chosen. @source sigs.k8s.io/kustomize api/internal/builtins/PatchTransformer.go */
import { compileRegExp } from '#engine/api/regexp/regexp';
import { compileRequirements, parseLabelSelector } from '#engine/api/label-selector';
import { isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import { lateApi } from '#engine/api/late';
import { parseManifest } from '#engine/api/manifest';
import { patchSchemaOf } from '#engine/api/patch/strategies';
import { resourceByKind } from '#engine/api/registry';
import { mergePatch } from './merge';
import {
  groupVersion,
  idText,
  kindOf,
  KustomizeProblem,
  mapOf,
  nameOf,
  namespaceOf,
  newResource,
  rename,
  type Resource,
  textOf,
} from './resource';

/** What a patch is for; null: the object that it names itself. */
export type PatchTarget = JsonObject | null;

/** @returns the objects that are left */
export function patched(resources: readonly Resource[], text: string, target: PatchTarget): readonly Resource[] {
  const operations = jsonOperations(text);
  if (operations !== null) {
    if (target === null) throw new KustomizeProblem('must specify a target for JSON patch');
    for (const resource of chosen(resources, target)) applyOperations(resource, operations);
    return resources;
  }
  const manifest = parseManifest(text, 'patch', false);
  if (!manifest.ok || manifest.documents.length === 0)
    throw new KustomizeProblem(`unable to parse SM or JSON patch from [${text}]`);
  let left = resources;
  for (const { object } of manifest.documents) {
    const meant = target === null ? [named(left, object)] : chosen(left, target);
    left = left.filter((one) => !meant.includes(one) || applyMerge(one, object));
  }
  return left;
}

/** A list of operations as JSON or YAML; null: the text is none. */
function jsonOperations(text: string): readonly JsonValue[] | null {
  if (!/^\s*(?:#[^\n]*\n\s*)*[-[]/.test(text) || /^\s*---/.test(text)) return null;
  const indented = text.replace(/^(?=.)/gm, '  ');
  const wrapped = parseManifest(`operations:\n${indented}`, 'patch', false);
  const operations = wrapped.ok ? wrapped.documents[0]?.object['operations'] : undefined;
  return Array.isArray(operations) ? (operations as readonly JsonValue[]) : null;
}

function applyOperations(resource: Resource, operations: readonly JsonValue[]): void {
  const result = lateApi.code.applyJsonPatch(resource.object, operations);
  if (!result.ok) throw new KustomizeProblem(result.status.message ?? '');
  resource.object = result.value as JsonObject;
}

/** @returns whether it is still there */
function applyMerge(resource: Resource, patch: JsonObject): boolean {
  const schema = resourceByKind(textOf(resource.object['apiVersion']), kindOf(resource))?.schema ?? '';
  const { apiVersion, kind } = resource.object;
  const [name, namespace] = [nameOf(resource), namespaceOf(resource)];
  const merged = mergePatch(resource.object, patch, patchSchemaOf(schema));
  if (merged === null) return false;
  resource.object = { ...merged, apiVersion: apiVersion ?? null, kind: kind ?? null };
  // Whom it is for is no change of its name.
  resource.object = { ...resource.object, metadata: { ...mapOf(merged['metadata']), name } };
  rename(resource, { name, namespace });
  return true;
}

function named(resources: readonly Resource[], patch: JsonObject): Resource {
  const wanted = newResource(patch);
  const same = (one: Resource): boolean => {
    const [a, b] = [groupVersion(one), groupVersion(wanted)];
    const isKind = kindOf(one) === kindOf(wanted) && a.group === b.group && a.version === b.version;
    const namespace = namespaceOf(wanted);
    return (
      isKind &&
      one.before.some((known) => known.name === nameOf(wanted) && (namespace === '' || known.namespace === namespace))
    );
  };
  const [found] = resources.filter(same);
  if (found !== undefined) return found;
  const id = idText(wanted);
  throw new KustomizeProblem(
    `no resource matches strategic merge patch "${id}": no matches for Id ${id}; failed to find unique target for patch ${id}`,
  );
}

/** Names and kinds are patterns of the whole word; selectors choose by labels and annotations. */
function chosen(resources: readonly Resource[], target: JsonObject): readonly Resource[] {
  const matches = (field: string, ...values: readonly string[]): boolean => {
    const pattern = textOf(target[field]);
    if (pattern === '') return true;
    const compiled = compileRegExp(`^(?:${pattern})$`);
    return compiled.ok && values.some((value) => compiled.value.matches(value));
  };
  const selects = (field: string, marks: JsonObject): boolean => {
    const text = textOf(target[field]);
    if (text === '') return true;
    const parsed = parseLabelSelector(text);
    return parsed.ok && compileRequirements(parsed.requirements)(marks as Readonly<Record<string, string>>);
  };
  return resources.filter((one) => {
    const { group, version } = groupVersion(one);
    const { labels, annotations } = mapOf(one.object['metadata']);
    return (
      matches('group', group) &&
      matches('version', version) &&
      matches('kind', kindOf(one)) &&
      matches('name', ...one.before.map(({ name }) => name)) &&
      matches('namespace', ...one.before.map(({ namespace }) => namespace)) &&
      selects('labelSelector', isJsonObject(labels) ? labels : {}) &&
      selects('annotationSelector', isJsonObject(annotations) ? annotations : {})
    );
  });
}
