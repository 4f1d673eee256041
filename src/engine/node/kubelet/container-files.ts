/** Files that volumes put into a container: of ConfigMaps, Secrets, the pod itself, and tokens. */
import { sortedKeys } from '#engine/api/json';
import type { Container, Pod, PodSpec } from '#engine/api/types';
import { type EnvironmentFacts, fieldValue, resourceValue, secretData } from './environment';
import { tokenKey } from './token-mounts';

interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

type Volume = NonNullable<PodSpec['volumes']>[number];
type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];
type Downward = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number];

/**
 * By absolute path.
 *
 * @param tokens - by `tokenKey`; those that there are
 */
export function containerFiles(
  pod: Pod,
  container: Container,
  facts: EnvironmentFacts,
  tokens: ReadonlyMap<string, string> = NO_TOKENS,
): Readonly<Record<string, string>> {
  if (container.volumeMounts === undefined || pod.spec.volumes === undefined) return NONE;
  const files: Record<string, string> = {};
  for (const mount of container.volumeMounts) {
    const volume: Volume | undefined = pod.spec.volumes.find(({ name }) => name === mount.name);
    if (volume === undefined) continue;
    const content: Record<string, string> = {};
    addFiles(content, volume, facts);
    addDownward(content, volume.downwardAPI?.items, pod, container, facts);
    const sources: readonly Projection[] = volume.projected?.sources ?? NO_SOURCES;
    for (const source of sources) {
      addFiles(content, source, facts);
      addDownward(content, source.downwardAPI?.items, pod, container, facts);
      const path = source.serviceAccountToken?.path;
      const token = path === undefined ? undefined : tokens.get(tokenKey({ volume: volume.name, path }));
      if (path !== undefined && token !== undefined) content[path] = token;
    }
    for (const path in content) {
      if (mount.subPath === undefined) files[`${mount.mountPath}/${path}`] = content[path] ?? '';
      else if (mount.subPath === path) files[mount.mountPath] = content[path] ?? '';
    }
  }
  return files;
}

const NONE: Readonly<Record<string, string>> = {};
const NO_TOKENS: ReadonlyMap<string, string> = new Map();
const NO_SOURCES: readonly Projection[] = [];

interface FileSource {
  readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
  readonly secret?: { readonly secretName?: string; readonly name?: string; readonly items?: readonly KeyToPath[] };
}

function addFiles(content: Record<string, string>, { configMap, secret }: FileSource, facts: EnvironmentFacts): void {
  if (configMap?.name !== undefined)
    return addChosen(content, facts.configMap(configMap.name)?.data ?? NONE, configMap.items);
  const known = secret === undefined ? undefined : facts.secret(secret.secretName ?? secret.name ?? '');
  if (known !== undefined) addChosen(content, secretData(known), secret?.items);
}

function addChosen(
  content: Record<string, string>,
  data: Readonly<Record<string, string>>,
  items: readonly KeyToPath[] | undefined,
): void {
  if (items === undefined) Object.assign(content, data);
  else for (const { key, path } of items) if (data[key] !== undefined) content[path] = data[key];
}

/** @source kubernetes pkg/volume/downwardapi/downwardapi.go, pkg/fieldpath/fieldpath.go (FormatMap) */
function addDownward(
  content: Record<string, string>,
  items: readonly Downward[] | undefined,
  pod: Pod,
  container: Container,
  facts: EnvironmentFacts,
): void {
  for (const { path, fieldRef, resourceFieldRef } of items ?? []) {
    if (resourceFieldRef !== undefined) content[path] = resourceValue(pod, container, resourceFieldRef, facts);
    else if (fieldRef?.fieldPath === 'metadata.labels') content[path] = mapText(pod.metadata.labels);
    else if (fieldRef?.fieldPath === 'metadata.annotations') content[path] = mapText(pod.metadata.annotations);
    else if (fieldRef !== undefined) content[path] = fieldValue(fieldRef.fieldPath, pod, facts);
  }
}

const mapText = (map: Readonly<Record<string, string>> = {}): string =>
  sortedKeys(map)
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
