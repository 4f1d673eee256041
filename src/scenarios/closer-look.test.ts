import { beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { startingCluster } from './starting-clusters';
import type { Engine, Relation } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import type { Subject } from '#engine/cluster/records';

let engine: Engine;
let pod: Subject;
const web: Subject = { kind: 'Deployment', namespace: 'default', name: 'web' };

const runTo = (at: number): void => {
  while (engine.run(at, { events: 1e6 }).stopped !== 'until');
};

const told = (relations: readonly Relation[]): readonly string[] =>
  relations.map(({ how, depth, subject: { kind, name } }) => `${how} ${depth} ${kind} ${name}`);

beforeAll(() => {
  engine = newEngine({ seed: 7, cluster: startingCluster('default').spec });
  runTo(20 * SECOND);
  const found = engine.observe(null).set.find((record) => record.kind === 'Pod' && record.name.startsWith('web-'))!;
  pod = { kind: 'Pod', namespace: found.namespace, name: found.name };
});

describe('a closer look', () => {
  it('finds all versions of a young pod, from its creation on, each with its moment', () => {
    const { versions, compacted } = engine.look({ type: 'versions', subject: pod });
    expect(compacted).toBe(false);
    expect(versions.length).toBeGreaterThanOrEqual(3);
    const objects = versions.map(
      ({ object }) => object as { spec: { nodeName?: string }; metadata: { resourceVersion: string } },
    );
    expect(objects[0]!.spec.nodeName).toBeUndefined();
    expect(objects.at(-1)).toEqual(engine.object(pod));
    expect(versions.map(({ revision }) => String(revision))).toEqual(
      objects.map((one) => one.metadata.resourceVersion),
    );
    const times = versions.map(({ at }) => at!);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((at) => at > 0 && at < 20 * SECOND)).toBe(true);
  });

  it('finds owners from the topmost, what is owned, who selects and what is used', () => {
    const ofPod = told(engine.look({ type: 'relations', subject: pod }));
    expect(ofPod).toContain('owned-by 0 Deployment web');
    expect(ofPod).toContainEqual(expect.stringMatching(/^owned-by 1 ReplicaSet web-/));
    expect(ofPod).toContain('selects-by 0 Service web');
    expect(ofPod).toContain('mounts 0 ConfigMap kube-root-ca.crt');
    const ofDeployment = told(engine.look({ type: 'relations', subject: web }));
    expect(ofDeployment.filter((line) => line.startsWith('owns 1 Pod web-'))).toHaveLength(6);
    const service: Subject = { kind: 'Service', namespace: 'default', name: 'web' };
    const ofService = told(engine.look({ type: 'relations', subject: service }));
    expect(ofService.filter((line) => line.startsWith('selects 0 Pod web-'))).toHaveLength(6);
    expect(told(engine.look({ type: 'relations', subject: { ...web, name: 'nobody' } }))).toEqual([]);
  });

  it('reads what a container has written, as kubectl logs does', () => {
    const lines = engine.look({ type: 'container-lines', subject: pod, container: null })!;
    expect(lines).toMatchObject({ container: lines.containers[0], attempt: 0, more: false });
    expect(lines.lines.length).toBeGreaterThan(3);
    expect(lines.lines.some(({ text }) => text.includes('nginx'))).toBe(true);
    expect(lines.lines.every(({ at, text }) => at > 0 && !text.includes('\n'))).toBe(true);
    const nowhere: Subject = { ...pod, name: 'nobody' };
    expect(engine.look({ type: 'container-lines', subject: nowhere, container: null })).toBeNull();
  });

  it('changes nothing, and says what was compacted and what was deleted', () => {
    const before = engine.hash();
    for (const type of ['versions', 'relations'] as const) engine.look({ type, subject: web });
    expect(engine.hash()).toBe(before);
    engine.input({
      type: 'request',
      ticket: 'd',
      method: 'DELETE',
      path: `/api/v1/namespaces/default/pods/${pod.name}`,
    });
    runTo(60 * SECOND);
    expect(engine.look({ type: 'versions', subject: pod }).versions.at(-1)).toMatchObject({ object: null });
    runTo(12 * MINUTE);
    const later = engine.look({ type: 'versions', subject: web });
    expect(later).toMatchObject({ compacted: true });
    expect(later.versions).toHaveLength(1);
  });
});
