/** @source kubernetes pkg/controlplane/instance.go, pkg/registry/rbac/rest/storage_rbac.go, apiserver/pkg/server/genericapiserver.go */
import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { APISERVER, CONFIG_MAPS, configMap, ETCD, PODS, TestApi } from './testing';

const lastWords = (api: TestApi): string | undefined =>
  api.world.kernel.logs.entries.filter(({ process }) => process === APISERVER).at(-1)?.text;
const isUp = (api: TestApi): boolean => api.state !== undefined;

describe('an API server that starts', () => {
  it('gives up after 20 s when there is no etcd', () => {
    const api = new TestApi();
    api.world.stop(ETCD);
    api.world.restart(APISERVER);
    api.advance(19 * SECOND);
    expect(isUp(api)).toBe(true);
    api.advance(2 * SECOND);
    expect(isUp(api)).toBe(false);
    expect(lastWords(api)).toBe(
      'F instance.go:232] Error creating leases: error creating storage factory: context deadline exceeded',
    );
  });

  it('waits for etcd when that comes in time', () => {
    const api = new TestApi();
    api.world.stop(ETCD);
    api.world.restart(APISERVER);
    api.advance(15 * SECOND);
    api.world.boot(ETCD);
    api.advance(90 * SECOND);
    expect(api.ask('GET', '/readyz')).toMatchObject({ code: 200 });
  });
});

describe('an API server that is told to stop', () => {
  it('answers what it was asked, says that it is not ready, and ends', () => {
    const api = new TestApi();
    api.world.kernel.pause(ETCD);
    const read = api.send('GET', PODS);
    const written = api.send('POST', CONFIG_MAPS, configMap('a'));
    api.advance(SECOND);
    api.tell({ type: 'apiserver/stop' });
    api.advance(5 * SECOND);
    expect(isUp(api)).toBe(true);
    const ready = api.send('GET', '/readyz/shutdown');
    api.advance(SECOND);
    expect(api.answerTo(ready)).toMatchObject({ code: 500, body: 'internal server error: process is shutting down\n' });
    api.world.kernel.resume(ETCD);
    api.advance(SECOND);
    expect([api.answerTo(read)?.code, api.answerTo(written)?.code]).toEqual([200, 201]);
    expect(isUp(api)).toBe(false);
  });

  it('waits 20 s for etcd to take its address away, and no longer', () => {
    const api = new TestApi();
    api.world.kernel.pause(ETCD);
    api.tell({ type: 'apiserver/stop' });
    api.advance(19 * SECOND);
    expect(isUp(api)).toBe(true);
    api.advance(2 * SECOND);
    expect(isUp(api)).toBe(false);
  });

  it('gives a request up with its own time', () => {
    const api = new TestApi();
    api.world.kernel.pause(ETCD);
    const read = api.send('GET', PODS);
    api.tell({ type: 'apiserver/stop' });
    api.advance(59 * SECOND);
    expect([isUp(api), api.answerTo(read)]).toEqual([true, undefined]);
    api.advance(7 * SECOND);
    expect(isUp(api)).toBe(false);
  });
});
