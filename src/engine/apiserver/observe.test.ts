import { describe, expect, it } from 'vitest';
import { changesAfter, currentObject, currentObjects, historyOfObject, isReady, newestRevision } from './observe';
import { TestApi } from './testing';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('reading from outside', () => {
  it('shows objects, changes and history with their causes, and changes nothing', () => {
    const api = new TestApi();
    const before = newestRevision(api.state);
    api.want('POST', CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } });
    api.want('PATCH', `${CONFIG_MAPS}/a`, { data: { k: 'v' } }, { contentType: 'application/merge-patch+json' });
    api.want('DELETE', `${CONFIG_MAPS}/a`);
    expect(isReady(api.state)).toBe(true);
    expect(currentObjects(api.state, 'Namespace').length).toBe(4);
    expect(currentObject(api.state, 'Namespace', '', 'default')?.status.phase).toBe('Active');
    expect(currentObject(api.state, 'ConfigMap', 'default', 'a')).toBeUndefined();
    expect(changesAfter(api.state, 'ConfigMap', before)?.map((change) => change.watchEvent.type)).toEqual([
      'ADDED',
      'MODIFIED',
      'DELETED',
    ]);
    const history = historyOfObject(api.etcdState, 'ConfigMap', 'default', 'a');
    expect(history.map(({ type, revision }) => [type, revision])).toEqual([
      ['delete', before + 3],
      ['put', before + 2],
      ['put', before + 1],
    ]);
    const chain: (string | undefined)[] = [];
    for (
      let cause = api.world.kernel.causeOf(history[0]!.cause);
      cause !== null && chain.length < 4;
      cause = api.world.kernel.causeOf(cause.cause)
    )
      chain.push(cause.type);
    expect(chain.slice(0, 2)).toEqual(['etcd/txn', 'api/request']);
  });
});
