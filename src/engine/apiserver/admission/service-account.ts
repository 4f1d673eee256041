/**
 * Every pod runs as a service account that exists, and finds its token where clients look for it.
 *
 * @source kubernetes plugin/pkg/admission/serviceaccount/admission.go
 * @simplified pods of one controller share the random letters of the volume's name, so that they can share their spec in memory
 */
import { Derived, mapShared } from '#engine/api/structural-sharing';
import { forbidden } from '#engine/api/status-error';
import { controllerOf } from '#engine/api/meta';
import { NAME_ALPHABET } from '#engine/api/names';
import type { Container, Pod, PodSpec, ServiceAccount } from '#engine/api/types';
import { hashName } from '#engine/kernel/random';
import { findForCertain, type Surroundings } from '../surroundings';
import { admit, type AdmissionPlugin, refuse, withSpec } from './plugin';

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
  const automount = pod.spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  const volume = automount && !isMounted(pod.spec) ? volumeName(pod, around) : '';
  const { uid, resourceVersion } = account.metadata;
  const spec = runningAs.of(pod.spec, `${uid} ${resourceVersion} ${volume}`, () => runAs(pod.spec, account, volume));
  return admit(spec === pod.spec ? pod : withSpec(pod, spec));
};

const runningAs = new Derived<PodSpec, PodSpec>();

/** @param volume - name of the volume with the token; empty: none is to be mounted */
function runAs(given: PodSpec, account: ServiceAccount, volume: string): PodSpec {
  const { name } = account.metadata;
  let spec = given;
  if (spec.serviceAccountName !== name) spec = { ...spec, serviceAccountName: name, serviceAccount: name };
  if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0) {
    spec = { ...spec, imagePullSecrets: account.imagePullSecrets as NonNullable<PodSpec['imagePullSecrets']> };
  }
  return volume === '' ? spec : withToken(spec, volume);
}

/** The volume that holds the token: one that is there, or a new one. */
function volumeName(pod: Pod, around: Surroundings): string {
  const there = pod.spec.volumes?.find(({ name }) => name.startsWith(VOLUME_PREFIX));
  if (there !== undefined) return there.name;
  const owner = controllerOf(pod)?.uid;
  let seed = owner === undefined ? around.random('service-account-volume').word() : hashName(owner);
  let suffix = '';
  for (let i = 0; i < SUFFIX_LENGTH; i++) {
    suffix += NAME_ALPHABET[seed % NAME_ALPHABET.length]!;
    seed = Math.floor(seed / NAME_ALPHABET.length);
  }
  return VOLUME_PREFIX + suffix;
}

const mountsToken = (container: Container): boolean =>
  container.volumeMounts?.some((mount) => mount.mountPath === MOUNT_PATH) ?? false;

const isMounted = ({ containers, initContainers }: PodSpec): boolean =>
  containers.every(mountsToken) && (initContainers ?? []).every(mountsToken);

/** Mounts the token in every container that has nothing mounted there. */
function withToken(spec: PodSpec, name: string): PodSpec {
  const { volumes = [], containers, initContainers } = spec;
  return {
    ...spec,
    volumes: volumes.some((volume) => volume.name === name) ? volumes : [...volumes, Object.freeze(tokenVolume(name))],
    containers: withMount(containers, name),
    ...(initContainers === undefined ? {} : { initContainers: withMount(initContainers, name) }),
  };
}

const withMount = (containers: Container[], name: string): Container[] =>
  mapShared(containers, (container) =>
    mountsToken(container)
      ? container
      : Object.freeze({
          ...container,
          volumeMounts: [...(container.volumeMounts ?? []), { name, mountPath: MOUNT_PATH, readOnly: true }],
        }),
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
