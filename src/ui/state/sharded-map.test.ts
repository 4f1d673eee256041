import { describe, expect, it } from 'vitest';
import { editSharded, emptyShardedMap, shardedGet, shardedValues } from './sharded-map';

describe('a sharded map', () => {
  it('leaves the map that an edit began from as it was', () => {
    const before = editSharded(emptyShardedMap<number>());
    before.set('a', 1);
    const one = before.done();
    const edit = editSharded(one);
    edit.set('a', 2);
    edit.set('b', 3);
    const two = edit.done();

    expect([shardedGet(one, 'a'), shardedGet(one, 'b'), one.size]).toEqual([1, undefined, 1]);
    expect([shardedGet(two, 'a'), shardedGet(two, 'b'), two.size]).toEqual([2, 3, 2]);
  });

  it('is the same map when nothing was edited', () => {
    const map = emptyShardedMap<number>();
    expect(editSharded(map).done()).toBe(map);
  });

  it('copies only the shards that are touched', () => {
    const fill = editSharded(emptyShardedMap<number>());
    for (let index = 0; index < 5_000; index++) fill.set(`pod-${index}`, index);
    const before = fill.done();
    const edit = editSharded(before);
    edit.delete('pod-7');
    const after = edit.done();

    expect(after.size).toBe(4_999);
    expect([...shardedValues(after)]).toHaveLength(4_999);
    expect(after.shards.filter((shard, index) => shard !== before.shards[index])).toHaveLength(1);
  });
});
