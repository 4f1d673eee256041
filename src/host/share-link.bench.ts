/** How long the link to what a trainer does in ten minutes is. */
import type { Action } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { guestbook } from '#scenarios/apps/guestbook';
import { startingCluster } from '#scenarios/starting-clusters';
import { linkOf } from './share-link';

const SECOND = 1_000_000;

const typed = (line: string, index: number): Action => ({
  type: 'shell',
  session: 'terminal-1',
  ticket: `shell-${index}`,
  line,
  columns: 120,
});
const fault = (type: 'power-off' | 'cut-cable', machine: string): Action => {
  const id = `${type}-${machine}`;
  return type === 'cut-cable'
    ? { type: 'fault', id, fault: { type, machine, direction: 'both' } }
    : { type: 'fault', id, fault: { type, machine } };
};

/** An app is brought up, a node dies, everybody looks for its pods; then a second one is drained first, and a bad image rolled back. */
const INCIDENT: readonly (string | Action)[] = [
  { type: 'apply', ticket: 'apply-1', manifest: guestbook.manifest },
  'kubectl get nodes',
  'kubectl get pods -o wide',
  'kubectl rollout status deployment/frontend',
  fault('power-off', 'node-1'),
  'kubectl get nodes',
  'kubectl get pods -o wide',
  'kubectl describe node node-1',
  'kubectl get events --sort-by=.lastTimestamp',
  'kubectl get leases -n kube-node-lease',
  'kubectl get pods -o wide',
  { type: 'heal', id: 'power-off-node-1' },
  'kubectl get nodes',
  'kubectl cordon node-2',
  'kubectl drain node-2 --ignore-daemonsets --delete-emptydir-data',
  fault('power-off', 'node-2'),
  'kubectl get pods -o wide',
  { type: 'heal', id: 'power-off-node-2' },
  'kubectl uncordon node-2',
  'kubectl set image deployment/frontend frontend=nginx:9.99',
  'kubectl rollout status deployment/frontend --timeout=20s',
  'kubectl get pods',
  'kubectl rollout undo deployment/frontend',
  'kubectl scale deployment/frontend --replicas=6',
  fault('cut-cable', 'node-3'),
  'kubectl get nodes',
  'kubectl get endpointslices',
  { type: 'heal', id: 'cut-cable-node-3' },
  'kubectl get pods -o wide',
];

async function linkLength(): Promise<number> {
  const engine = newEngine({ seed: 7, cluster: startingCluster('default').spec });
  const runTo = (until: number): void => {
    while (engine.run(until, { events: Infinity }).stopped !== 'until');
  };
  INCIDENT.forEach((what, index) => {
    runTo((30 + index * 20) * SECOND + index * 123_457); // no person hits a whole second
    engine.input(typeof what === 'string' ? typed(what, index) : what);
  });
  runTo(10 * 60 * SECOND + 345_678);
  return (await linkOf(engine.recording())).length;
}

export const benchmarks = [
  {
    name: 'share/workshop-link-characters',
    unit: 'characters',
    better: 'lower',
    note: `link to ten minutes of the default cluster with ${INCIDENT.length} things done: an app of three tiers, faults healed, a drain, a rollback, kubectl between them`,
    run: linkLength,
  },
] as const;
