import { describe, expect, it } from 'vitest';
import '#engine/api/late-api';
import type { ValidatingAdmissionPolicy } from '#engine/api/types';
import { viewOfObjects } from '../testing/view';
import { checkPolicy } from './controller';

const policy = (expression: string, status?: ValidatingAdmissionPolicy['status']): ValidatingAdmissionPolicy => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'policy', uid: 'policy', generation: 2, resourceVersion: '1', creationTimestamp: '' },
  spec: {
    matchConstraints: {
      resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }],
    },
    validations: [{ expression }],
  },
  ...(status === undefined ? {} : { status }),
});
const patchesOf = (object: ValidatingAdmissionPolicy): unknown =>
  checkPolicy(viewOfObjects([object]), 'policy').steps.map((step) => (step.op === 'patch' ? step.patch : step));

// pkg/controller/validatingadmissionpolicystatus/controller_test.go (TestTypeChecking)
describe('status of a policy', () => {
  it('has the generation that was checked, and the warnings', () => {
    expect(patchesOf(policy('object.foo > 1'))).toEqual([
      {
        status: {
          observedGeneration: 2,
          typeChecking: {
            expressionWarnings: [
              { fieldRef: 'spec.validations[0].expression', warning: expect.stringContaining("undefined field 'foo'") },
            ],
          },
        },
      },
    ]);
  });

  it('loses warnings of before', () => {
    expect(patchesOf(policy('object.spec.replicas > 1', { observedGeneration: 1 }))).toEqual([
      { status: { observedGeneration: 2, typeChecking: { expressionWarnings: null } } },
    ]);
  });

  it('is left alone once the generation has been checked, or there is no policy', () => {
    expect(patchesOf(policy('object.foo > 1', { observedGeneration: 2 }))).toEqual([]);
    expect(checkPolicy(viewOfObjects([]), 'policy').steps).toEqual([]);
  });
});
