/** Answers as Tables for those who ask. @source kubernetes apiserver/pkg/endpoints/handlers/response.go */
import { lateApi } from '#engine/api/late';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, Status } from '#engine/api/types';
import type { Micros } from '#engine/kernel/time';
import { partialOf, type Shape, shapeError, wrongForm } from './form';
import { listBody, type ListMore } from './list-body';
import { inVersion } from './served';
import type { ApiRequest } from './wire';

type Metadata = Readonly<Record<string, unknown>>;

/** An object in the form that is asked for, or why it cannot be: a Status. */
export function objectAs(info: ResourceInfo, shape: Shape | null, object: KubeObject, now: Micros): unknown {
  if (shape === null) return object.kind === info.kind ? inVersion(info, object) : object;
  if (shape.form === 'PartialObjectMetadataList') return wrongForm(info, shape.form);
  if (shape.form === 'PartialObjectMetadata') return partialOf(object);
  const shown = object.kind === 'Scale' ? { ...info, kind: 'Scale' } : info;
  return shapeError(shape) ?? tableOf(shown, [object], { query: { includeObject: shape.include } }, now);
}

/** The objects of a list in the form that is asked for, or why they cannot be: a Status. */
export function listAs(
  info: ResourceInfo,
  shape: Shape | null,
  items: readonly KubeObject[],
  revision: number,
  now: Micros,
  more: ListMore = {},
): unknown {
  if (shape === null) return listBody(info, items, revision, more);
  const { form, include } = shape;
  if (form === 'PartialObjectMetadata') return wrongForm(info, form);
  const metadata = { resourceVersion: String(revision), ...more };
  if (form === 'PartialObjectMetadataList')
    return { kind: form, apiVersion: 'meta.k8s.io/v1', metadata, items: items.map(partialOf) };
  return shapeError(shape) ?? tableOf(info, items, { query: { includeObject: include } }, now, metadata);
}

/** The code that goes with what `objectAs` or `listAs` has made of a success. */
export const codeOf = (body: unknown, code = 200): number =>
  (body as { readonly kind?: string }).kind === 'Status' ? ((body as Status).code ?? code) : code;

/** Objects as a Table. `request` says what each row carries of its object: metadata, all or nothing. */
export function tableOf(
  info: ResourceInfo,
  objects: readonly KubeObject[],
  request: Pick<ApiRequest, 'query'> | null,
  now: Micros,
  metadata: Metadata = { resourceVersion: objects.length === 1 ? objects[0]!.metadata.resourceVersion : '' },
): Table {
  // A custom kind may have the name of a built-in one; its Scale is built in.
  const own = objects[0]?.apiVersion === 'autoscaling/v1' ? undefined : info.custom;
  const table =
    own === undefined
      ? lateApi.code.tableFor(info.kind, objects, now)
      : own.table(
          objects.map((object) => inVersion(info, object)),
          now,
        );
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
