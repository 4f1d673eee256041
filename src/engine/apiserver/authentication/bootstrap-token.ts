/**
 * Bootstrap tokens: secrets of kube-system by which a machine that is no member yet joins.
 *
 * @source kubernetes plugin/pkg/auth/authenticator/token/bootstrap/bootstrap.go, cluster-bootstrap/util/secrets
 */
import { isBootstrapToken, tokenEnd, tokenField } from '#engine/api/bootstrap-token';
import type { Micros } from '#engine/kernel/time';
import { keyOf } from '../storage';
import type { ApiServerState } from '../state';
import type { UserInfo } from './user';

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const GROUP = 'system:bootstrappers';
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** The user of a bootstrap token; null: there is no such token, or it is over. */
export function bootstrapUser(state: ApiServerState, token: string, now: Micros): UserInfo | null {
  const parts = TOKEN.exec(token);
  if (parts === null) return null;
  const [, id = '', secretPart = ''] = parts;
  const cache = state.caches.get('secrets');
  if (cache === undefined) return null;
  const name = `bootstrap-token-${id}`;
  const secret = cache.objects.get(keyOf(cache.prefix, 'kube-system', name));
  if (!isBootstrapToken(secret) || secret.metadata.deletionTimestamp !== undefined) return null;
  const field = (key: string): string => tokenField(secret, key);
  if (field('token-id') !== id || field('token-secret') !== secretPart) return null;
  if (tokenEnd(secret) <= now) return null;
  if (field('usage-bootstrap-authentication') !== 'true') return null;
  const extra = field('auth-extra-groups').split(',');
  const groups = extra.filter((group) => group !== '');
  if (groups.some((group) => !EXTRA_GROUP.test(group))) return null;
  return { username: `system:bootstrap:${id}`, groups: [GROUP, ...new Set(groups)].toSorted() };
}
