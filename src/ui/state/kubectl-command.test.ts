import { expect, it } from 'vitest';
import { kubectl } from './kubectl-command';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };

it.each([
  [kubectl.scale(web, 3), 'kubectl scale deployment/web --replicas=3 -n shop'],
  [kubectl.remove({ ...web, kind: 'Pod', namespace: 'default' }), 'kubectl delete pod/web'],
  [kubectl.describe({ kind: 'Machine', namespace: '', name: 'node-1' }), 'kubectl describe node/node-1'],
  [kubectl.yaml(web), 'kubectl get deployment/web -o yaml -n shop'],
  [kubectl.events(web), 'kubectl events --for deployment/web -n shop'],
  [kubectl.cordon('node-1', false), 'kubectl uncordon node-1'],
  [kubectl.cordon("it's", true), "kubectl cordon 'it'\\''s'"],
  [kubectl.node('node-1', true)[0]!, 'kubectl uncordon node-1'],
  [kubectl.node('node-1', false)[1]!, 'kubectl drain node-1 --ignore-daemonsets --delete-emptydir-data'],
  [kubectl.apply('a: 1\nEOF\n'), "kubectl apply -f - <<'EOFF'\na: 1\nEOF\nEOFF"],
])('%s', (made, command) => expect(made).toBe(command));
