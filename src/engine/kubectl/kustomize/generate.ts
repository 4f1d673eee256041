/** ConfigMaps and Secrets that kustomizations make. @source sigs.k8s.io/kustomize api/kv/kv.go, api/internal/generators */
import { encodeBase64 } from '#engine/api/base64';
import type { JsonObject } from '#engine/api/json';
import { type Doing, readFile } from '../call/effects';
import { KustomizeProblem, listOf, mapOf, newResource, type Resource, textOf } from './resource';

export interface Generated {
  readonly resource: Resource;
  readonly behavior: string;
}

/** @param options - `generatorOptions` of the kustomization */
export function* generated(
  folder: string,
  kind: 'ConfigMap' | 'Secret',
  wanted: JsonObject,
  options: JsonObject,
): Doing<Generated> {
  const name = textOf(wanted['name']);
  if (name === '') throw new KustomizeProblem('generators must have names');
  const own = mapOf(wanted['options']);
  const data = yield* dataOf(folder, wanted);
  const held = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, kind === 'Secret' ? encodeBase64(value) : value]),
  );
  const marks = (field: string): JsonObject => {
    const all = { ...mapOf(options[field]), ...mapOf(own[field]) };
    return Object.keys(all).length === 0 ? {} : { [field]: all };
  };
  const namespace = textOf(wanted['namespace']);
  const isImmutable = own['immutable'] === true || options['immutable'] === true;
  const object: JsonObject = {
    apiVersion: 'v1',
    ...(Object.keys(held).length === 0 ? {} : { data: held }),
    ...(isImmutable ? { immutable: true } : {}),
    kind,
    metadata: { ...marks('annotations'), ...marks('labels'), name, ...(namespace === '' ? {} : { namespace }) },
    ...(kind === 'Secret' ? { type: textOf(wanted['type']) || 'Opaque' } : {}),
  };
  const unhashed = own['disableNameSuffixHash'] === true || options['disableNameSuffixHash'] === true;
  const resource = newResource(object, { hashed: !unhashed, generated: true });
  return { resource, behavior: textOf(wanted['behavior']) || 'create' };
}

function* dataOf(folder: string, wanted: JsonObject): Doing<Readonly<Record<string, string>>> {
  const data: Record<string, string> = {};
  const put = (key: string, value: string): void => {
    if (Object.hasOwn(data, key))
      throw new KustomizeProblem(`configmap ${textOf(wanted['name'])} illegally repeats the key \`${key}\``);
    data[key] = value;
  };
  const texts = (field: string): readonly string[] => listOf(wanted[field]).map(textOf);
  const env = textOf(wanted['env']);
  for (const path of [...texts('envs'), ...(env === '' ? [] : [env])]) {
    for (const line of (yield* contentOf(folder, path)).split('\n')) {
      const text = line.trimStart();
      if (text === '' || text.startsWith('#')) continue;
      const at = text.indexOf('=');
      put(at < 0 ? text : text.slice(0, at), at < 0 ? '' : text.slice(at + 1));
    }
  }
  for (const text of texts('files')) {
    const at = text.indexOf('=');
    const path = at < 0 ? text : text.slice(at + 1);
    put(at < 0 ? path.slice(path.lastIndexOf('/') + 1) : text.slice(0, at), yield* contentOf(folder, path));
  }
  for (const text of texts('literals')) {
    const at = text.indexOf('=');
    if (at < 1)
      throw new KustomizeProblem(
        `loading KV pairs: literal sources [${texts('literals').join(' ')}]: invalid literal source ${text}, expected key=value`,
      );
    put(text.slice(0, at), text.slice(at + 1).replace(/^(['"])([\s\S]*)\1$/, '$2'));
  }
  return data;
}

function* contentOf(folder: string, path: string): Doing<string> {
  const text = yield* readFile(`${folder}/${path}`);
  if (text === null)
    throw new KustomizeProblem(
      `loading KV pairs: file sources: [${path}]: evalsymlink failure on '${folder}/${path}' : lstat ${folder}/${path}: no such file or directory`,
    );
  return text;
}
