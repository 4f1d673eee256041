/** @source kubernetes pkg/apis/apps/validation/validation.go (ValidateControllerRevision) */
import { required } from '../field-error';
import { genericRules } from '../generic-rules';
import type { ControllerRevision } from '../types';
import { immutable, notNegative } from '../validation/object-meta';

export const controllerRevisionRules = genericRules<ControllerRevision>({
  validate: ({ data, revision }) => [
    ...((data ?? null) === null ? [required('data', 'data is mandatory')] : []),
    ...notNegative('revision', revision),
  ],
  validateUpdate: (next, old) => immutable('data', next.data, old.data),
});
