import { describe, expect, it } from 'vitest';
import {
  assumePod,
  expireAssumed,
  finishBinding,
  forgetPod,
  isAssumed,
  nodeOrder,
  putNode,
  putPod,
  removeNode,
  removePod,
} from './cache';
import { podInfo } from './pod-info';
import { aCache, aNode, aPod } from './testing';

const wanting = aPod('web', { requests: [{ cpu: '1', memory: '1Gi' }] });
const on = (node: string): typeof wanting => ({ ...wanting, spec: { ...wanting.spec, nodeName: node } });
const { uid } = wanting.metadata;

// kubernetes pkg/scheduler/backend/cache/cache_test.go
describe('the cache', () => {
  it('counts an assumed pod once, also after it was confirmed', () => {
    const cache = aCache([aNode('node-1')]);
    assumePod(cache, podInfo(wanting), 'node-1');
    expect([isAssumed(cache, uid), cache.nodes.get('node-1')?.requested.milliCpu]).toEqual([true, 1000]);
    putPod(cache, podInfo(on('node-1')));
    expect([isAssumed(cache, uid), cache.nodes.get('node-1')?.requested.milliCpu]).toEqual([false, 1000]);
    expect(cache.nodes.get('node-1')?.pods).toHaveLength(1);
  });

  it('believes the API server when it names another node than was assumed', () => {
    const cache = aCache([aNode('node-1'), aNode('node-2')]);
    assumePod(cache, podInfo(wanting), 'node-1');
    putPod(cache, podInfo(on('node-2')));
    expect(['node-1', 'node-2'].map((name) => cache.nodes.get(name)?.requested.milliCpu)).toEqual([0, 1000]);
  });

  it('forgets only what was assumed', () => {
    const cache = aCache([aNode('node-1')]);
    assumePod(cache, podInfo(wanting), 'node-1');
    expect(forgetPod(cache, uid)).toBe(true);
    putPod(cache, podInfo(on('node-1')));
    expect(forgetPod(cache, uid)).toBe(false);
    expect(cache.nodes.get('node-1')?.requested.milliCpu).toBe(1000);
  });

  it('gives up an assumed pod at its deadline, and never without one', () => {
    const cache = aCache([aNode('node-1')]);
    assumePod(cache, podInfo(wanting), 'node-1');
    finishBinding(cache, uid, null);
    expect(expireAssumed(cache, 1e12)).toEqual([]);
    finishBinding(cache, uid, 30);
    expect(expireAssumed(cache, 29)).toEqual([]);
    expect(expireAssumed(cache, 30).map((info) => info.key)).toEqual(['default/web']);
    expect(cache.nodes.get('node-1')?.scoringMemory).toBe(0);
  });

  it('goes on counting the pods of a node that is gone, and knows them when it comes back', () => {
    const cache = aCache([aNode('node-1'), aNode('node-2')], [on('node-1')]);
    removeNode(cache, 'node-1');
    expect(nodeOrder(cache).map(({ name }) => name)).toEqual(['node-2']);
    putNode(cache, aNode('node-1'));
    expect(cache.nodes.get('node-1')?.requested.milliCpu).toBe(1000);
    removeNode(cache, 'node-1');
    removePod(cache, uid);
    expect(cache.nodes.has('node-1')).toBe(false);
  });

  it('counts on how many nodes an image is', () => {
    const images = [{ names: ['a:1', 'a@sha256:1'], sizeBytes: 10 }];
    const cache = aCache([aNode('node-1', { images }), aNode('node-2', { images: [...images] })]);
    expect(cache.images.get('a:1')).toEqual({ size: 10, nodes: 2 });
    putNode(cache, aNode('node-2'));
    expect(cache.images.get('a@sha256:1')).toEqual({ size: 10, nodes: 1 });
    removeNode(cache, 'node-1');
    expect(cache.images.size).toBe(0);
  });
});
