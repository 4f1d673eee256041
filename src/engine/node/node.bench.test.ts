import { expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { TestCluster } from './testing';

it('perf', () => {
  const nodes = Array.from({ length: 10 }, (_, i) => ({ name: `node-${i + 1}`, internalIP: `10.0.1.${i + 1}` }));
  const c = new TestCluster(nodes, false);
  const t0 = performance.now();
  for (let i = 0; i < 1000; i++) {
    c.kernel.deliver('laptop/asker', { type: 'api/request', id: 100000 + i, method: 'POST', path: '/api/v1/namespaces/default/pods', userAgent: 'x', user: 'kubernetes-admin', body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p-${i}` }, spec: { nodeName: `node-${(i % 10) + 1}`, containers: [{ name: 'c', image: 'nginx:1.27' }] } } } as never);
  }
  for (let s = 0; s < 60; s++) {
    c.advance(SECOND);
    let running = 0;
    for (const n of nodes) for (const w of c.kubelet(n.name).workers.values()) if (w.status.phase === 'Running' && !w.writing) running++;
    if (running === 1000) { console.log('all running at virtual', s + 1, 's'); break; }
  }
  const t1 = performance.now();
  console.log('ms', t1 - t0);
  const e0 = c.kernel.nextSeq;
  c.advance(600 * SECOND);
  console.log('idle 600 s ms', performance.now() - t1, 'events', c.kernel.nextSeq - e0);
  expect(1).toBe(1);
}, 60000);
