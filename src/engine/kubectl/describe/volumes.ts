/** Volumes, by their type. @source kubernetes kubectl/pkg/describe/describe.go (describeVolumes, print…VolumeSource) */
import type { PodSpec } from '#engine/api/types';
import { type Description, NONE, plain, UNSET } from './description';
import { describeCsi, ISCSI_INTERFACE, type Lines, readOnly, type Source, sourceElsewhere } from './remote-volumes';
import { accessModesText } from './storage-text';

type Volume = NonNullable<PodSpec['volumes']>[number];

export function describeVolumes(d: Description, volumes: readonly Volume[], indent = ''): void {
  if (volumes.length === 0) return d.line(0, `${indent}Volumes:\t${NONE}`);
  d.line(0, `${indent}Volumes:`);
  const blank = indent === '' ? '' : ' ';
  for (const volume of volumes) {
    d.line(1, `${blank}${volume.name}:`);
    describeSource(d, volume as unknown as Source, 2);
  }
}

/** @param level - 2 for pods, 2 for volumes of the cluster, too */
export function describeSource(d: Description, source: Source, level: number): void {
  const tell = (type: string, lines: Lines): void => {
    d.field('Type', type, level);
    for (const [name, value] of lines) d.line(level, `${name}${name === ISCSI_INTERFACE ? '' : ':'}\t${plain(value)}`);
  };
  if (source.hostPath !== undefined)
    return tell('HostPath (bare host directory volume)', [
      ['Path', source.hostPath.path],
      ['HostPathType', source.hostPath.type ?? NONE],
    ]);
  if (source.emptyDir !== undefined) {
    const { medium = '', sizeLimit } = source.emptyDir;
    return tell("EmptyDir (a temporary directory that shares a pod's lifetime)", [
      ['Medium', medium],
      ['SizeLimit', sizeLimit === undefined || sizeLimit === '0' ? UNSET : sizeLimit],
    ]);
  }
  if (source.secret !== undefined)
    return tell('Secret (a volume populated by a Secret)', [
      ['SecretName', source.secret.secretName],
      ['Optional', source.secret.optional ?? false],
    ]);
  if (source.configMap !== undefined)
    return tell('ConfigMap (a volume populated by a ConfigMap)', [
      ['Name', source.configMap.name],
      ['Optional', source.configMap.optional ?? false],
    ]);
  if (source.projected !== undefined)
    return tell(
      'Projected (a volume that contains injected data from multiple sources)',
      (source.projected.sources ?? []).flatMap((one): Lines => {
        if (one.secret !== undefined)
          return [
            ['SecretName', one.secret.name],
            ['Optional', one.secret.optional ?? false],
          ];
        if (one.downwardAPI !== undefined) return [['DownwardAPI', true]];
        if (one.configMap !== undefined)
          return [
            ['ConfigMapName', one.configMap.name],
            ['Optional', one.configMap.optional ?? false],
          ];
        return one.serviceAccountToken === undefined
          ? []
          : [['TokenExpirationSeconds', one.serviceAccountToken.expirationSeconds]];
      }),
    );
  if (source.downwardAPI !== undefined) {
    tell('DownwardAPI (a volume populated by information about the pod)', []);
    d.line(level, 'Items:');
    for (const { fieldRef, resourceFieldRef, path } of source.downwardAPI.items ?? [])
      d.line(level + 1, `${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ''} -> ${path}`);
    return;
  }
  if (source.persistentVolumeClaim !== undefined)
    return tell('PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)', [
      ['ClaimName', source.persistentVolumeClaim.claimName],
      ['ReadOnly', readOnly(source.persistentVolumeClaim)],
    ]);
  if (source.ephemeral !== undefined) {
    const { metadata, spec } = source.ephemeral.volumeClaimTemplate ?? {};
    tell('EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)', [
      ['StorageClass', spec?.storageClassName ?? ''],
      ['Volume', spec?.volumeName ?? ''],
    ]);
    d.labels('Labels', metadata?.labels, level);
    d.annotations('Annotations', metadata?.annotations, level);
    d.field('Capacity', '', level);
    // Those of the claim once it is bound, which a template never is.
    d.field('Access Modes', spec?.volumeName ? accessModesText(spec.accessModes) : '', level);
    if (spec?.volumeMode !== undefined) d.field('VolumeMode', spec.volumeMode, level);
    return;
  }
  if (source.csi !== undefined) return describeCsi(d, source.csi, level);
  const [type, lines] = sourceElsewhere(source) ?? ['', []];
  if (type === '') d.line(level, '<unknown>');
  else tell(type, lines);
}
