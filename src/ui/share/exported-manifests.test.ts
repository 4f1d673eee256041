import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Engine } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { startingCluster } from '#scenarios/starting-clusters';
import { type Exportable, exported, exportedManifests } from './exported-manifests';

const SECOND = 1_000_000;

const PEOPLE = `apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: "postgres:16", volumeMounts: [{name: data, mountPath: /data}]}]}
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {type: NodePort, selector: {app: front}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Secret
metadata: {name: login, namespace: shop}
stringData: {user: admin}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: shop}
spec: {containers: [{name: c, image: "busybox:1.36", command: [sleep, "3600"]}]}
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: shop}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["true"]}]}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
`;

function runFor(engine: Engine, time: number): void {
  const until = engine.now + time;
  while (engine.now < until) engine.run(until, { events: Infinity });
}

const objectsOf = (engine: Engine): readonly Exportable[] => engine.objects() as readonly Exportable[];

function applied(engine: Engine, manifest: string): string {
  engine.input({ type: 'apply', ticket: 'all', manifest });
  runFor(engine, 60 * SECOND);
  const answer = engine.observe(null).answers.find(({ ticket }) => ticket === 'all');
  return `${answer?.ok}: ${answer?.output ?? ''}${answer?.error ?? ''}`;
}

const namesOf = (manifest: string): readonly string[] =>
  parseAllDocuments(manifest).map((document) => {
    const { kind, metadata } = document.toJS() as Exportable;
    return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
  });

describe('exported manifests', () => {
  const first = newEngine({ seed: 7, cluster: startingCluster('default').spec });
  runFor(first, 60 * SECOND);
  applied(first, PEOPLE);
  const manifest = exportedManifests(objectsOf(first));

  it('hold what people made, and nothing that a cluster has of itself', () => {
    expect(namesOf(manifest)).toEqual([
      'Namespace /shop',
      'Secret shop/login',
      'PersistentVolumeClaim shop/data-db-0',
      'Role shop/reader',
      'Service default/cache',
      'Service default/web',
      'Service shop/db',
      'Service shop/front',
      'Deployment default/cache',
      'Deployment default/web',
      'Job shop/once',
      'Pod shop/alone',
      'StatefulSet shop/db',
    ]);
  });

  it('hold nothing that a control plane writes', () => {
    expect(manifest).not.toMatch(
      /^status:|uid|resourceVersion|creationTimestamp|managedFields|kube-api-access|nodeName|volumeName|10\.96\./m,
    );
  });

  it('are accepted by an empty cluster, where the same comes of them', () => {
    const second = newEngine({ seed: 8, cluster: DEFAULT_CLUSTER });
    runFor(second, 60 * SECOND);
    const told = applied(second, manifest);
    expect(told).toMatch(/^true: /);
    expect(told.match(/ created/g)).toHaveLength(13);
    runFor(second, 60 * SECOND);
    expect(exportedManifests(objectsOf(second))).toBe(manifest);
  });

  it('leave a cluster that has them as it is', () => {
    expect(applied(first, manifest)).not.toMatch(/error|invalid|forbidden/i);
  });

  it('keep names that are given, not how they were made', () => {
    const pod: Exportable = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x-abcde', generateName: 'x-', finalizers: ['example.com/mine', 'kubernetes'], labels: {} },
      data: { a: '1' },
    };
    expect(exported(pod)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x-abcde', finalizers: ['example.com/mine'] },
      data: { a: '1' },
    });
  });
});
