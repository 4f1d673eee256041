/** What a request wants objects answered as: themselves, a Table, or metadata alone. @source kubernetes apiserver/pkg/endpoints/handlers/response.go */
import type { ResourceInfo } from '#engine/api/registry';
import { failure } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import type { ApiRequest } from './wire';

/** What objects and lists can be answered as instead of themselves. */
export type Form = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

const FORM = /;\s*as=(Table|PartialObjectMetadataList|PartialObjectMetadata)\b/;

/** The form that a request asks for; null: objects as they are. */
export const formOf = ({ accept }: ApiRequest): Form | null =>
  accept === undefined ? null : ((FORM.exec(accept)?.[1] as Form | undefined) ?? null);

/** Whether a request asks for a Table. */
export const wantsTable = (request: ApiRequest): boolean => formOf(request) === 'Table';

/** The answer to a request for one object's metadata that names a list, or the other way round. */
export const wrongForm = (info: ResourceInfo, form: Form): Status =>
  failure({
    code: 406,
    reason: 'NotAcceptable',
    message:
      form === 'PartialObjectMetadata'
        ? `you requested ${form}, but the requested object is a list (${goType(info)}List)`
        : `you requested ${form}, but the requested object is not a list (${goType(info)})`,
  });

const goType = ({ group, kind }: ResourceInfo): string => `*${group === '' ? 'core' : group.split('.', 1)[0]}.${kind}`;

/** An object's metadata alone. */
export const partialOf = (object: KubeObject): KubeObject => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
});
