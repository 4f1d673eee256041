/** @source kubernetes pkg/apis/node/validation/validation.go */
import { genericRules } from '../generic-rules';
import type { KindRules } from '../kind-rules';
import { dnsLabelErrors } from '../names';
import type { RuntimeClass } from '../types';
import { immutable, invalidAll, validateLabels } from '../validation/object-meta';
import { validateResourceRequirements } from '../validation/resources';
import { validateTolerations } from '../validation/scheduling';

export const runtimeClassRules: KindRules<RuntimeClass> = genericRules<RuntimeClass>({
  clusterScoped: true,
  validate: ({ handler, overhead, scheduling }) => [
    ...invalidAll('handler', handler, dnsLabelErrors(handler)),
    ...validateResourceRequirements(overhead?.podFixed && { limits: overhead.podFixed }, 'overhead'),
    ...validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(scheduling?.tolerations, 'scheduling.tolerations'),
  ],
  validateUpdate: (next, old) => immutable('handler', next.handler, old.handler),
});
