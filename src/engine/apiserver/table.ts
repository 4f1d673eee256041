/** Answers as Tables for those who ask. @source kubernetes apiserver/pkg/endpoints/handlers/response.go */
import { lateApi } from '#engine/api/late';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { partialOf } from './form';
import { inVersion } from './served';
import type { ApiRequest } from './wire';

type Metadata = Readonly<Record<string, unknown>>;

/** Objects as a Table. `request` says what each row carries of its object: metadata, all or nothing. */
export function tableOf(
  info: ResourceInfo,
  objects: readonly KubeObject[],
  request: Pick<ApiRequest, 'query'> | null,
  now: Micros,
  metadata: Metadata = { resourceVersion: objects.length === 1 ? objects[0]!.metadata.resourceVersion : '' },
): Table {
  // A custom kind may have the name of a built-in one.
  const table = lateApi.code.tableFor(info.schema === 'CustomResource' ? info.schema : info.kind, objects, now);
  const include = request?.query?.['includeObject'] || 'Metadata';
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: table.columns,
    rows: table.rows.map((row) => {
      if (include === 'Object') return { ...row, object: inVersion(info, row.object) };
      const { object, ...rest } = row;
      return include === 'None' ? rest : { ...rest, object: partialOf(object) };
    }),
  };
}

export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: Metadata;
  readonly columnDefinitions: readonly unknown[] | null;
  readonly rows: readonly unknown[];
}
