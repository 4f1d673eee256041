/** The kubeconfig of the laptop: `~/.kube/config`, which kubeadm's administrator has copied there. */
import { parseManifest } from '#engine/api/manifest';
import { isJsonObject, type JsonObject } from '#engine/api/json';
import { HOME } from '../terminal/files';
import { type Doing, Failure, type Kubectl, readFile } from './effects';

export interface Config {
  readonly path: string;
  /** The file as it is. */
  readonly content: JsonObject;
}

/** What there is before anybody has changed it. */
const INITIAL: JsonObject = {
  apiVersion: 'v1',
  clusters: [
    {
      cluster: {
        'certificate-authority-data': 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t',
        server: 'https://kube-apiserver:6443',
      },
      name: 'kubarium',
    },
  ],
  contexts: [{ context: { cluster: 'kubarium', user: 'kubarium' }, name: 'kubarium' }],
  'current-context': 'kubarium',
  kind: 'Config',
  preferences: {},
  users: [
    {
      name: 'kubarium',
      user: {
        'client-certificate-data': 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t',
        'client-key-data': 'LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ==',
      },
    },
  ],
};

export function* loadConfig(kubectl: Kubectl, given: string): Doing<Config> {
  const path = given !== '' ? given : kubectl.variables['KUBECONFIG'] || `${HOME}/.kube/config`;
  const text = yield* readFile(path);
  if (text === null && given !== '') throw new Failure(`error: stat ${given}: no such file or directory`);
  if (text === null) return { path, content: INITIAL };
  const parsed = parseManifest(text, path);
  const content = parsed.ok ? parsed.documents[0]?.object : undefined;
  return { path, content: content ?? {} };
}

export const named = (content: JsonObject, list: string, name: string, field: string): JsonObject | null => {
  const all = content[list];
  if (!Array.isArray(all)) return null;
  const found = (all as readonly JsonObject[]).find((one) => one['name'] === name);
  const value = found?.[field];
  return isJsonObject(value) ? value : found === undefined ? null : {};
};

/** The context that counts. */
export const contextName = ({ content }: Config, given: string): string =>
  given !== '' ? given : typeof content['current-context'] === 'string' ? content['current-context'] : '';

/** Ends the command when a context is named that there is not. */
export function checkContext({ content }: Config, given: string): void {
  if (given !== '' && named(content, 'contexts', given, 'context') === null)
    throw new Failure(`Error in configuration: context was not found for specified context: ${given}`);
}

export function contextNamespace(config: Config, given: string): string {
  const namespace = named(config.content, 'contexts', contextName(config, given), 'context')?.['namespace'];
  return typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
}

export function serverOf(config: Config, given: string): string {
  const cluster = named(config.content, 'contexts', contextName(config, given), 'context')?.['cluster'];
  const server = named(config.content, 'clusters', typeof cluster === 'string' ? cluster : '', 'cluster')?.['server'];
  return typeof server === 'string' ? server : 'http://localhost:8080';
}
