/** @source kubernetes pkg/registry/policy/poddisruptionbudget/strategy.go, pkg/apis/policy/validation/validation.go */
import { goStruct, invalid, notSupported, type FieldError } from '../field-error';
import { genericRules } from '../generic-rules';
import { pathSegmentErrors } from '../names';
import type { PodDisruptionBudget } from '../types';
import { validateLabelSelector } from '../validation/label-selector';
import { negativeCounts, notAboveAll, validateCountOrPercent } from '../validation/workload';

const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];
const COUNTS = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };

export const podDisruptionBudgetRules = genericRules<PodDisruptionBudget>({
  name: pathSegmentErrors,
  status: COUNTS,
  generation: true,
  validate({ spec = {} }) {
    const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec;
    const errors: FieldError[] = [];
    if (minAvailable !== undefined && maxUnavailable !== undefined) {
      const value = goStruct({
        MinAvailable: minAvailable,
        MaxUnavailable: maxUnavailable,
        Selector: selector ?? null,
        UnhealthyPodEvictionPolicy: policy ?? null,
      });
      errors.push(invalid('spec', value, 'minAvailable and maxUnavailable cannot be both set'));
    }
    for (const name of ['minAvailable', 'maxUnavailable'] as const) {
      const count = spec[name];
      if (count === undefined) continue;
      errors.push(...validateCountOrPercent(count, `spec.${name}`), ...notAboveAll(count, `spec.${name}`));
    }
    errors.push(...validateLabelSelector(selector, 'spec.selector'));
    if (policy !== undefined && !POLICIES.includes(policy))
      errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, POLICIES));
    return errors;
  },
  validateStatusUpdate: ({ status }) => negativeCounts({ ...status }, Object.keys(COUNTS).join(' ')),
});
