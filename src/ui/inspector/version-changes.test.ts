import { describe, expect, it } from 'vitest';
import { conditionStrips } from './condition-strips';
import { changesBetween, ownersOf, writersOf } from './version-changes';

const kubectl = {
  manager: 'kubectl',
  operation: 'Update',
  time: '2025-01-01T00:00:01Z',
  fieldsV1: {
    'f:spec': {
      'f:replicas': {},
      'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {}, 'f:name': {} } } } },
    },
  },
};
const controller = {
  manager: 'kube-controller-manager',
  operation: 'Update',
  subresource: 'status',
  time: '2025-01-01T00:00:02Z',
  fieldsV1: {
    'f:status': { 'f:replicas': {}, 'f:conditions': { 'k:{"type":"Available"}': { '.': {}, 'f:status': {} } } },
  },
};

const deployment = (replicas: number, image: string, available: string) => ({
  metadata: { name: 'web', resourceVersion: String(replicas), managedFields: [kubectl, controller] },
  spec: {
    replicas,
    template: {
      spec: {
        containers: [
          { name: 'web', image },
          { name: 'side', image: 'x' },
        ],
      },
    },
  },
  status: { replicas, conditions: [{ type: 'Available', status: available }] },
});

describe('two versions of an object', () => {
  it('differ in fields, each with who has it; bookkeeping is silent', () => {
    expect(changesBetween(deployment(2, 'nginx:1', 'True'), deployment(3, 'nginx:2', 'False'))).toEqual([
      { path: 'spec.replicas', before: '2', after: '3', by: ['kubectl'] },
      { path: 'spec.template.spec.containers[web].image', before: '"nginx:1"', after: '"nginx:2"', by: ['kubectl'] },
      { path: 'status.replicas', before: '2', after: '3', by: ['kube-controller-manager (status)'] },
      {
        path: 'status.conditions[Available].status',
        before: '"True"',
        after: '"False"',
        by: ['kube-controller-manager (status)'],
      },
    ]);
    expect(changesBetween(deployment(2, 'a', 'True'), deployment(2, 'a', 'True'))).toEqual([]);
  });

  it('may have fields and elements that came or went', () => {
    const before = { spec: { list: [{ name: 'a' }, { name: 'b' }], 'odd/key': 1 } };
    const after = { spec: { list: [{ name: 'b' }, { name: 'c' }], plain: [1, 2] } };
    expect(changesBetween(before, after)).toEqual([
      { path: 'spec.list[c]', before: null, after: '{"name":"c"}', by: [] },
      { path: 'spec.list[a]', before: '{"name":"a"}', after: null, by: [] },
      { path: 'spec.plain', before: null, after: '[1,2]', by: [] },
      { path: 'spec[odd/key]', before: '1', after: null, by: [] },
    ]);
  });

  it('tell who wrote the later one', () => {
    const before = { metadata: { managedFields: [kubectl] } };
    expect(writersOf(null, before)).toEqual(['kubectl']);
    expect(writersOf(before, { metadata: { managedFields: [kubectl, controller] } })).toEqual([
      'kube-controller-manager (status)',
    ]);
    expect(ownersOf(deployment(1, '', ''))[0]).toMatchObject({
      writer: 'kubectl',
      fields: [
        'spec.replicas',
        'spec.template.spec.containers[{"name":"web"}].image',
        'spec.template.spec.containers[{"name":"web"}].name',
      ],
    });
  });
});

describe('conditions over time', () => {
  it('are stretches of one status and reason', () => {
    const version = (at: number | null, status: string | null) => ({
      revision: 1,
      event: 1,
      at,
      object: status === null ? null : { status: { conditions: [{ type: 'Ready', status, reason: 'R' }] } },
    });
    const strips = conditionStrips(
      [version(null, 'False'), version(10, 'False'), version(20, 'False'), version(30, 'True'), version(50, null)],
      90,
    );
    expect(strips).toEqual([
      {
        type: 'Ready',
        stretches: [
          { from: 10, to: 30, status: 'False', reason: 'R' },
          { from: 30, to: 50, status: 'True', reason: 'R' },
        ],
      },
    ]);
  });
});
