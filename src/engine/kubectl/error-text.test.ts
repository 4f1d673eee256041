/** How kubectl tells a refusal: validation.md 0. @source kubectl/pkg/cmd/util/helpers_test.go */
import { expect, it } from 'vitest';
import { invalid as invalidField, required } from '#engine/api/field-error';
import { resourceOf } from '#engine/api/registry';
import { forbidden, invalid, notFound, plainError } from '#engine/api/status-error';
import type { Status } from '#engine/api/types';
import { errorText } from './error-text';

const deployment = { group: 'apps', kind: 'Deployment' };
const negative = invalidField('spec.replicas', -1, 'must be greater than or equal to 0');

it.each<[Status, string, string]>([
  [notFound(resourceOf('Pod'), 'x'), '', 'Error from server (NotFound): pods "x" not found'],
  [
    forbidden(resourceOf('Pod'), 'x', 'no'),
    'error when creating "f.yaml"',
    'Error from server (Forbidden): error when creating "f.yaml": pods "x" is forbidden: no',
  ],
  [plainError('boom'), '', 'Error from server: boom'],
  [
    invalid(deployment, 'web', [negative]),
    '',
    'The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    invalid(deployment, 'web', [required('spec.selector'), negative]),
    '',
    'The Deployment "web" is invalid: \n* spec.selector: Required value\n* spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    invalid({ group: '', kind: '' }, '', [invalidField('patch', 'map[]', 'unrecognized type: int32')]),
    '',
    'The request is invalid: patch: Invalid value: "map[]": unrecognized type: int32',
  ],
])('%#: a refusal reads as from kubectl', (status, doing, text) => expect(errorText(status, doing)).toBe(text));
