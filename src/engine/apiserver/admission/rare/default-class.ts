/**
 * A claim or an ingress that names no class gets the default one: of several the newest, then the first by name.
 *
 * @source kubernetes plugin/pkg/admission/storage/storageclass/setdefault/admission.go, plugin/pkg/admission/network/defaultingressclass/admission.go, pkg/volume/util/storageclass.go
 */
import { byteOrder } from '#engine/api/json';
import type { Ingress, KubeObject, PersistentVolumeClaim } from '#engine/api/types';
import type { Surroundings } from '../../surroundings';
import { admit, type AdmissionPlugin } from '../plugin';

const createdAt = ({ metadata }: KubeObject): string => metadata.creationTimestamp ?? '';

const defaultOf = (around: Surroundings, resource: string, ...marks: readonly string[]): string | undefined =>
  around
    .all(resource)
    .filter(({ metadata }) => marks.some((mark) => metadata.annotations?.[mark] === 'true'))
    .toSorted((a, b) => byteOrder(createdAt(b), createdAt(a)) || byteOrder(a.metadata.name, b.metadata.name))[0]
    ?.metadata.name;

export const defaultClass: AdmissionPlugin = ({ verb, subresource, info }, object, around) => {
  if (verb !== 'create' || subresource !== '') return admit(object);
  const annotations = object.metadata.annotations ?? {};
  if (info.kind === 'PersistentVolumeClaim') {
    const { spec } = object as PersistentVolumeClaim;
    if (spec?.storageClassName !== undefined || 'volume.beta.kubernetes.io/storage-class' in annotations)
      return admit(object);
    const marks = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];
    const storageClassName = defaultOf(around, 'storageclasses.storage.k8s.io', ...marks);
    return admit(
      storageClassName === undefined ? object : ({ ...object, spec: { ...spec, storageClassName } } as KubeObject),
    );
  }
  if (info.kind === 'Ingress') {
    const { spec } = object as Ingress;
    if (spec?.ingressClassName !== undefined || 'kubernetes.io/ingress.class' in annotations) return admit(object);
    const mark = 'ingressclass.kubernetes.io/is-default-class';
    const ingressClassName = defaultOf(around, 'ingressclasses.networking.k8s.io', mark);
    return admit(
      ingressClassName === undefined ? object : ({ ...object, spec: { ...spec, ingressClassName } } as KubeObject),
    );
  }
  return admit(object);
};
