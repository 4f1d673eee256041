import { describe, expect, it } from 'vitest';
import { commonStart, complete, type Knowledge } from './completion';

const OBJECTS: readonly (readonly [kind: string, namespace: string, name: string])[] = [
  ['Pod', 'default', 'web-1'],
  ['Pod', 'default', 'web-2'],
  ['Pod', 'kube-system', 'etcd-control-plane-1'],
  ['Deployment', 'default', 'web'],
  ['Node', '', 'node-1'],
  ['Node', '', 'node-2'],
];
const knowledge: Knowledge = {
  namespaces: ['default', 'kube-system'],
  names: (kind, namespace) =>
    OBJECTS.filter(([of, where]) => of === kind && (namespace === '' || where === namespace)).map(([, , name]) => name),
};
const after = (text: string): readonly string[] => complete(text, knowledge).candidates;

describe('Tab', () => {
  it.each([
    ['kub', ['kubectl']],
    ['kubectl desc', ['describe']],
    ['kubectl get pods | gr', ['grep']],
    ['kubectl create depl', ['deployment']],
    ['kubectl get deploym', ['deployments']],
    ['kubectl get po web-', ['web-1', 'web-2']],
    ['kubectl get pods web-1 ', ['web-2']],
    ['kubectl get pod/w', ['pod/web-1', 'pod/web-2']],
    ['kubectl get po -n kube-system ', ['etcd-control-plane-1']],
    ['kubectl -n kube-system get po ', ['etcd-control-plane-1']],
    ['kubectl get po -A ', ['etcd-control-plane-1', 'web-1', 'web-2']],
    ['kubectl describe node ', ['node-1', 'node-2']],
    ['kubectl get po -n ', ['default', 'kube-system']],
    ['kubectl get po --namespace=k', ['kube-system']],
    ['kubectl get po --field', ['--field-selector=']],
    ['kubectl get po --show-l', ['--show-labels']],
    ['kubectl get po -o y', ['yaml']],
    ['kubectl nothing ', []],
    ['cat ', []],
  ])('%s', (text, candidates) => expect(after(text)).toEqual(candidates));

  it('quotes names that mean something to the shell', () => {
    const odd = ["it's mine", 'a b', 'system:node'];
    const found = (text: string) => complete(text, { namespaces: [], names: () => odd }).candidates;
    expect(found('kubectl describe clusterrole ')).toEqual(['a\\ b', "it\\'s\\ mine", 'system:node']);
    expect(found('kubectl describe clusterrole a\\ ')).toEqual(['a\\ b']);
    expect(found('kubectl describe clusterrole a\\ b ')).toEqual(["it\\'s\\ mine", 'system:node']);
  });

  it('says from where', () => {
    expect(complete('kubectl get po web-', knowledge).from).toBe(15);
    expect(complete('kubectl get po --namespace=k', knowledge).from).toBe(27);
  });

  it('types what all candidates have in common', () => {
    expect(commonStart(['web-1', 'web-2'])).toBe('web-');
    expect(commonStart(['a', 'b'])).toBe('');
    expect(commonStart([])).toBe('');
  });
});
