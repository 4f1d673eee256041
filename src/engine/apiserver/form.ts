/** What a request wants objects answered as: themselves, a Table, or metadata alone. @source kubernetes apiserver/pkg/endpoints/handlers/response.go */
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, failure } from '#engine/api/status-error';
import type { KubeObject, Status } from '#engine/api/types';
import type { ApiRequest } from './wire';

/** What objects and lists can be answered as instead of themselves. */
export type Form = 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

/** A form, and what of its object a row of a Table carries: `Metadata` (also as an empty text), `Object` or `None`. */
export interface Shape {
  readonly form: Form;
  readonly include: string;
}

const FORMS: ReadonlySet<string> = new Set<Form>(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

const parameterOf = (part: string): readonly [string, string] => {
  const [name = '', value = ''] = part.trim().split('=');
  return [name, value];
};

/** The form that a request asks for, by the first clause of its Accept header that can be served; null: objects as they are. */
export function formOf({ accept }: Pick<ApiRequest, 'accept'>): Form | null {
  if (accept === undefined || !accept.includes('as=')) return null;
  for (const clause of accept.split(',')) {
    const parameters = new Map(clause.split(';').map(parameterOf));
    const form = parameters.get('as');
    if (form === undefined) return null;
    const served = parameters.get('v') === 'v1' || parameters.get('v') === 'v1beta1';
    if (FORMS.has(form) && parameters.get('g') === 'meta.k8s.io' && served) return form as Form;
  }
  return null;
}

export function shapeOf(request: Pick<ApiRequest, 'accept' | 'query'>): Shape | null {
  const form = formOf(request);
  return form === null ? null : { form, include: request.query?.['includeObject'] ?? '' };
}

/** Whether a request asks for a Table. */
export const wantsTable = (request: ApiRequest): boolean => formOf(request) === 'Table';

/** @source kubernetes apimachinery/pkg/apis/meta/v1beta1/validation/validation.go (ValidateTableOptions) */
export const shapeError = ({ form, include }: Shape): Status | null =>
  form !== 'Table' || ['', 'Metadata', 'Object', 'None'].includes(include)
    ? null
    : badRequest(
        `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(include)}: must be 'Metadata', 'Object', 'None', or empty`,
      );

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
