/** Deletes the Secrets of bootstrap tokens that are over. @source kubernetes pkg/controller/bootstrap/tokencleaner.go */
import { isBootstrapToken, tokenEnd } from '#engine/api/bootstrap-token';
import { keyOf } from '#engine/api/meta';
import { defineController, NOTHING } from '#engine/client/plan';
import { splitKey } from '../keys';
import { remove } from '../steps';

export const tokenCleaner = defineController({
  name: 'token-cleaner',
  component: 'token-cleaner',
  watches: ['Secret'],
  initialMemory: null,
  workers: 1,
  keysFor: ({ object, type }) => (type !== 'deleted' && isBootstrapToken(object) ? [keyOf(object)] : []),
  reconcile(view, key, { now }) {
    const { namespace, name } = splitKey(key);
    const secret = view.get('Secret', namespace, name);
    if (!isBootstrapToken(secret)) return NOTHING;
    const left = tokenEnd(secret) - now;
    if (left <= 0) return { steps: [remove(secret)], because: 'the token is over' };
    return left === Infinity ? NOTHING : { steps: [], again: left };
  },
});
