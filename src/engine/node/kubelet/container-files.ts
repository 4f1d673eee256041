/** Files that ConfigMap and Secret volumes put into a container. */
import type { Container, Pod } from '#engine/api/types';
import { secretData, type ConfigObjects } from './environment';

interface KeyToPath {
  readonly key: string;
  readonly path: string;
}

/** By absolute path. */
export function containerFiles(
  pod: Pod,
  container: Container,
  objects: ConfigObjects,
): Readonly<Record<string, string>> {
  if (container.volumeMounts === undefined || pod.spec.volumes === undefined) return NONE;
  const files: Record<string, string> = {};
  for (const mount of container.volumeMounts) {
    const volume = pod.spec.volumes.find(({ name }) => name === mount.name);
    if (volume === undefined) continue;
    const content = { ...volumeFiles(volume, objects) };
    for (const source of volume.projected?.sources ?? []) Object.assign(content, volumeFiles(source, objects));
    for (const path in content) {
      if (mount.subPath === undefined) files[`${mount.mountPath}/${path}`] = content[path] ?? '';
      else if (mount.subPath === path) files[mount.mountPath] = content[path] ?? '';
    }
  }
  return files;
}

const NONE: Readonly<Record<string, string>> = {};

interface FileSource {
  readonly configMap?: { readonly name?: string; readonly items?: readonly KeyToPath[] };
  readonly secret?: { readonly secretName?: string; readonly name?: string; readonly items?: readonly KeyToPath[] };
}

function volumeFiles(source: FileSource, objects: ConfigObjects): Record<string, string> {
  const map = source.configMap;
  if (map?.name !== undefined) return chosen(objects.configMap(map.name)?.data ?? {}, map.items);
  const secret = source.secret;
  const known = secret === undefined ? undefined : objects.secret(secret.secretName ?? secret.name ?? '');
  return known === undefined ? {} : chosen(secretData(known), secret?.items);
}

function chosen(
  data: Readonly<Record<string, string>>,
  items: readonly KeyToPath[] | undefined,
): Record<string, string> {
  if (items === undefined) return { ...data };
  const files: Record<string, string> = {};
  for (const { key, path } of items) if (data[key] !== undefined) files[path] = data[key];
  return files;
}
