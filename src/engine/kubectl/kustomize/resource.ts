/** Objects on their way through kustomizations, and how fields in them are found. @source sigs.k8s.io/kustomize api/resource/resource.go, api/filters/fieldspec */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '#engine/api/json';
import { resourceByKind } from '#engine/api/registry';

/** Something is wrong with a kustomization; the message is what kubectl says. */
export class KustomizeProblem extends Error {}

export interface Resource {
  object: JsonObject;
  /** Names and namespaces that it has had, the first as it was read. */
  readonly before: { readonly name: string; readonly namespace: string }[];
  /** What was put in front of its name and behind it. */
  readonly affixes: string[];
  /** Its name ends with a hash of what it holds. */
  readonly hashed: boolean;
  /** It was generated; the name of a kustomization above may change what it holds. */
  readonly generated: boolean;
}

export const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
export const mapOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});
export const listOf = (value: JsonValue | undefined): readonly JsonValue[] => (isJsonArray(value) ? value : []);

export const kindOf = ({ object }: Resource): string => textOf(object['kind']);
export const nameOf = ({ object }: Resource): string => textOf(mapOf(object['metadata'])['name']);
export const namespaceOf = ({ object }: Resource): string => textOf(mapOf(object['metadata'])['namespace']);

export function groupVersion({ object }: Resource): { readonly group: string; readonly version: string } {
  const [first = '', second] = textOf(object['apiVersion']).split('/');
  return second === undefined ? { group: '', version: first } : { group: first, version: second };
}

export const newResource = (object: JsonObject, more: { hashed?: boolean; generated?: boolean } = {}): Resource => {
  const { name, namespace } = mapOf(object['metadata']);
  const before = [{ name: textOf(name), namespace: textOf(namespace) }];
  return { object, before, affixes: [], hashed: more.hashed ?? false, generated: more.generated ?? false };
};

/** `Deployment.v1.apps/web.[noNs]`, as errors call an object. */
export function idText(resource: Resource): string {
  const { group, version } = groupVersion(resource);
  return `${kindOf(resource)}.${version}.${group || '[noGrp]'}/${nameOf(resource)}.${namespaceOf(resource) || '[noNs]'}`;
}

/** Kinds that are not known belong to namespaces. */
export const isNamespaced = ({ object }: Resource): boolean =>
  resourceByKind(textOf(object['apiVersion']), textOf(object['kind']))?.namespaced ?? true;

/** Gives an object another name or namespace, and remembers the one it had. */
export function rename(resource: Resource, changed: { readonly name?: string; readonly namespace?: string }): void {
  const { name = nameOf(resource), namespace = namespaceOf(resource) } = changed;
  if (name === nameOf(resource) && namespace === namespaceOf(resource)) return;
  const metadata = { ...mapOf(resource.object['metadata']), name, ...(namespace === '' ? {} : { namespace }) };
  resource.object = { ...resource.object, metadata };
  resource.before.push({ name, namespace });
}

/**
 * Changes what stands at a path, e.g. `spec/template/metadata/labels` or `spec/containers[]/image`.
 *
 * @param create - maps on the way that are not there are made
 */
export function changeAt(
  value: JsonValue,
  path: readonly string[],
  create: boolean,
  change: (found: JsonValue | undefined) => JsonValue | undefined,
): JsonValue {
  const [step = '', ...rest] = path;
  if (isJsonArray(value)) return value.map((one) => changeAt(one, path, create, change));
  if (!isJsonObject(value)) return value;
  const isList = step.endsWith('[]');
  const key = isList ? step.slice(0, -2) : step;
  const found = value[key];
  if (found === undefined && (!create || isList)) return value;
  if (rest.length === 0) {
    const changed = isList ? listOf(found).map((one) => change(one) ?? one) : change(found);
    return changed === undefined || changed === found ? value : { ...value, [key]: changed };
  }
  const inner = changeAt(found ?? {}, rest, create, change);
  return inner === found ? value : { ...value, [key]: inner };
}

/** A path as its steps. */
export const steps = (path: string): readonly string[] => path.split('/');
