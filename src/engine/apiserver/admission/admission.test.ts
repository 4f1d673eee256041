import { describe, expect, it } from 'vitest';
import { type Loose, message, pod, PODS, TestApi, withAccount } from '../testing';

describe('admission', () => {
  it('gives a pod its account, token, tolerations and priority', () => {
    const api = withAccount();
    const made = api.want(
      'POST',
      PODS,
      pod('p', {}, { priorityClassName: 'system-node-critical' }),
    ) as unknown as Loose;
    expect(made.spec).toMatchObject({
      serviceAccountName: 'default',
      priority: 2000001000,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
      containers: [{ volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }] }],
    });
    expect((made.spec['volumes'] as { name: string }[])[0]?.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    expect(message(api.ask('POST', PODS, pod('q', {}, { priorityClassName: 'x' })))).toBe(
      'pods "q" is forbidden: no PriorityClass with name x was found',
    );
    expect(message(api.ask('POST', PODS, pod('q', {}, { priority: 5 })))).toBe(
      'pods "q" is forbidden: the integer value of priority (5) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    );
  });

  it('gives pods of one template one spec, on one node too', () => {
    const api = withAccount();
    const { spec } = pod('template');
    const owner = { apiVersion: 'v1', kind: 'ReplicationController', name: 'rc', uid: 'u', controller: true };
    const made = ['a', 'b', 'c'].map((name) => {
      api.want('POST', PODS, { ...pod(name, { ownerReferences: [owner] }), spec });
      const target = { kind: 'Node', name: name === 'c' ? 'two' : 'one' };
      const before = api.want('GET', `${PODS}/${name}`) as unknown as Loose;
      api.want('POST', `${PODS}/${name}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target });
      return [before.spec, (api.want('GET', `${PODS}/${name}`) as unknown as Loose).spec] as const;
    });
    const [[a, aBound], [b, bBound], [, cBound]] = made as [(typeof made)[0], (typeof made)[0], (typeof made)[0]];
    expect(a).toBe(b);
    expect(aBound).toBe(bBound);
    expect(aBound).toMatchObject({ nodeName: 'one' });
    expect(cBound).toMatchObject({ nodeName: 'two' });
  });

  it('taints a new node', () => {
    const api = new TestApi();
    expect(
      api.want('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } }),
    ).toMatchObject({
      spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] },
    });
  });

  it('allows one default priority class', () => {
    const api = new TestApi();
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses';
    const priorityClass = (name: string) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value: 5,
      globalDefault: true,
    });
    api.want('POST', classes, priorityClass('a'));
    expect(message(api.ask('POST', classes, priorityClass('b')))).toBe(
      'priorityclasses.scheduling.k8s.io "b" is forbidden: PriorityClass a is already marked as default. Only one default can exist',
    );
  });
});
