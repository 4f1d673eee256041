import './late-api';
import { describe, expect, it } from 'vitest';
import { isAtomicAt, listTypeOf, patchStrategyOf } from './list-types';
import { fieldsOfType } from './schema';

// api/openapi-spec/swagger.json
describe('how lists merge', () => {
  it.each([
    ['PodSpec', 'containers', 'map', ['name'], { merge: true, key: 'name' }],
    ['Container', 'ports', 'map', ['containerPort', 'protocol'], { merge: true, key: 'containerPort' }],
    ['EphemeralContainer', 'env', 'map', ['name'], { merge: true, key: 'name' }],
    ['PodSpec', 'tolerations', 'atomic', [], {}],
    ['PodSpec', 'volumes', 'map', ['name'], { merge: true, key: 'name', retainKeys: true }],
    ['PodStatus', 'conditions', 'map', ['type'], { merge: true, key: 'type' }],
    ['JobStatus', 'conditions', 'atomic', [], { merge: true, key: 'type' }],
    ['CertificateSigningRequestStatus', 'conditions', 'map', ['type'], {}],
    ['ObjectMeta', 'finalizers', 'set', [], { merge: true }],
    ['Endpoint', 'addresses', 'set', [], {}],
    ['IngressSpec', 'rules', 'atomic', [], {}],
    ['DeploymentSpec', 'strategy', 'atomic', [], { retainKeys: true }],
  ] as const)('%s.%s is %s', (type, field, listType, keys, strategy) => {
    expect(listTypeOf(type, field)).toEqual({ type: listType, keys });
    expect(patchStrategyOf(type, field)).toEqual(strategy);
  });

  it.each([
    ['DeploymentSpec', 'selector', true],
    ['ServiceSpec', 'selector', true],
    ['PodSpec', 'nodeSelector', true],
    ['PersistentVolumeSpec', 'claimRef', false],
    ['ObjectMeta', 'labels', false],
    ['RoleBinding', 'roleRef', true],
    ['ConfigMap', 'data', false],
  ] as const)('%s.%s as a whole: %s', (type, field, whole) => {
    expect(isAtomicAt(type, field, fieldsOfType(type)?.get(field) ?? '')).toBe(whole);
  });
});
