/**
 * Every pod runs as a service account that exists, and finds its token where clients look for it.
 *
 * @source kubernetes plugin/pkg/admission/serviceaccount/admission.go
 * @simplified pods of one controller share the random letters of the volume's name, so that they can share their containers in memory
 */
import { mapShared } from '#engine/api/structural-sharing';
import { forbidden } from '#engine/api/status-error';
import { controllerOf } from '#engine/api/meta';
import { NAME_ALPHABET } from '#engine/api/names';
import type { Container, Pod, PodSpec, ServiceAccount } from '#engine/api/types';
import { hashName } from '#engine/kernel/random';
import { findForCertain } from '../surroundings';
import { admit, type AdmissionPlugin, refuse } from './plugin';

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const VOLUME_PREFIX = 'kube-api-access-';
const SUFFIX_LENGTH = 5;
/** Seconds: an hour, and seven to be told apart from what users ask for. */
const TOKEN_EXPIRATION = 3607;
const MIRROR = 'kubernetes.io/config.mirror';

type Volume = NonNullable<PodSpec['volumes']>[number];

export const serviceAccount: AdmissionPlugin = (request, object, around) => {
  if (request.verb !== 'create' || request.info.kind !== 'Pod' || request.subresource !== '') return admit(object);
  const pod = object as Pod;
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return admit(object);
  const { namespace, operation, info, shownName } = request;
  const name = pod.spec.serviceAccountName || 'default';
  const found = findForCertain(around, operation, 'serviceaccounts', namespace, name);
  if (found === undefined) return { type: 'look-up', resource: 'serviceaccounts', namespace, name };
  if (found === null) {
    const cause = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    return refuse(forbidden(info, shownName, cause));
  }
  const account = found as ServiceAccount;
  let spec: PodSpec = pod.spec;
  if (spec.serviceAccountName !== name) spec = { ...spec, serviceAccountName: name, serviceAccount: name };
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
    spec = { ...spec, imagePullSecrets: account.imagePullSecrets as NonNullable<PodSpec['imagePullSecrets']> };
  }
  const automount = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (automount) {
    spec = withToken(spec, () => {
      const owner = controllerOf(pod)?.uid;
      const draw = around.random('service-account-volume');
      let seed = owner === undefined ? draw.word() : hashName(owner);
      let suffix = '';
      for (let i = 0; i < SUFFIX_LENGTH; i++) {
        suffix += NAME_ALPHABET[seed % NAME_ALPHABET.length]!;
        seed = Math.floor(seed / NAME_ALPHABET.length);
      }
      return VOLUME_PREFIX + suffix;
    });
  }
  return admit(spec === pod.spec ? pod : ({ ...pod, spec } as Pod));
};

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH) ?? false;

/** Mounts the token in every container that has nothing mounted there. */
function withToken(spec: PodSpec, newName: () => string): PodSpec {
  const volumes = spec.volumes ?? NO_VOLUMES;
  const containers = spec.containers;
  const initContainers = spec.initContainers ?? NO_CONTAINERS;
  if (containers.every(mountsToken) && initContainers.every(mountsToken)) return spec;
  const name = volumes.find((volume) => volume.name.startsWith(VOLUME_PREFIX))?.name ?? newName();
  return {
    ...spec,
    volumes: withVolume(volumes, name),
    containers: withMount(containers, name),
    ...(initContainers.length === 0 ? {} : { initContainers: withMount(initContainers, name) }),
  };
}

const NO_VOLUMES: Volume[] = [];
const NO_CONTAINERS: Container[] = [];
Object.freeze(NO_VOLUMES);

const volumesBefore = new WeakMap<readonly Volume[], Map<string, Volume[]>>();
const containersBefore = new WeakMap<readonly Container[], Map<string, Container[]>>();

/** Lists made of the same list with the same name are the same list. */
function shared<T>(
  memo: WeakMap<readonly T[], Map<string, T[]>>,
  list: readonly T[],
  name: string,
  make: () => T[],
): T[] {
  let byName = memo.get(list);
  if (byName === undefined) memo.set(list, (byName = new Map()));
  let made = byName.get(name);
  if (made === undefined) {
    if (byName.size >= MEMO_SIZE) byName.clear();
    byName.set(name, (made = Object.freeze(make()) as T[]));
  }
  return made;
}

const MEMO_SIZE = 64;

const withVolume = (volumes: Volume[], name: string): Volume[] =>
  volumes.some((volume) => volume.name === name)
    ? volumes
    : shared(volumesBefore, volumes, name, () => [...volumes, Object.freeze(tokenVolume(name))]);

const withMount = (containers: Container[], name: string): Container[] =>
  shared(containersBefore, containers, name, () =>
    mapShared(containers, (container) =>
      mountsToken(container)
        ? container
        : Object.freeze({
            ...container,
            volumeMounts: [...(container.volumeMounts ?? []), { name, mountPath: MOUNT_PATH, readOnly: true }],
          }),
    ).slice(),
  );

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_EXPIRATION, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 420,
  },
});
