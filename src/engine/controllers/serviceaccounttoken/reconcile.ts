/**
 * Secrets of type `kubernetes.io/service-account-token`: they get a token, the authority's certificate and the namespace, and go with
 * their account.
 *
 * @source kubernetes pkg/controller/serviceaccount/tokens_controller.go (syncSecret, generateTokenIfNeeded), pkg/serviceaccount/legacy.go (LegacyClaims)
 */
import { encodeBase64 } from '#engine/api/base64';
import { keyOf } from '#engine/api/meta';
import type { Secret } from '#engine/api/types';
import { type LegacyClaims, LEGACY_ISSUER } from '#engine/apiserver/authentication/legacy-token';
import { signedToken } from '#engine/apiserver/authentication/jwt';
import { type Change, type ControllerSettings, NOTHING, type Plan, type View } from '#engine/client/plan';
import { splitKey } from '../keys';
import { ROOT_CA } from '../rootcacertpublisher/controller';
import { remove, update } from '../steps';
import { TOKEN_TYPE } from './controller';

const ACCOUNT = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

/** The Secrets of tokens that a change touches. */
export function tokenKeys({ kind, object }: Change, view: View): readonly string[] {
  if (kind === 'Secret') return [keyOf(object)];
  return view
    .list('Secret', object.metadata.namespace ?? '')
    .filter(({ type, metadata }) => type === TOKEN_TYPE && metadata.annotations?.[ACCOUNT] === object.metadata.name)
    .map(keyOf);
}

export function reconcileToken(
  view: View,
  key: string,
  { serviceAccountKey = '' }: Pick<ControllerSettings, 'serviceAccountKey'>,
): Plan {
  const { namespace, name } = splitKey(key);
  const secret = view.get('Secret', namespace, name);
  if (secret?.type !== TOKEN_TYPE || secret.metadata.deletionTimestamp !== undefined) return NOTHING;
  const { annotations = {} } = secret.metadata;
  const account = view.get('ServiceAccount', namespace, annotations[ACCOUNT] ?? '');
  const wanted = annotations[ACCOUNT_UID] ?? '';
  if (account === undefined || (wanted !== '' && wanted !== account.metadata.uid))
    return { steps: [remove(secret)], because: `the service account of ${name} is gone` };
  const { uid } = account.metadata;
  const claims: LegacyClaims = {
    iss: LEGACY_ISSUER,
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': name,
    'kubernetes.io/serviceaccount/service-account.name': account.metadata.name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    sub: `system:serviceaccount:${namespace}:${account.metadata.name}`,
  };
  const { data = {} } = secret;
  const needed = { 'ca.crt': encodeBase64(ROOT_CA), namespace: encodeBase64(namespace) };
  const isWhole =
    Object.entries(needed).every(([field, value]) => data[field] === value) && (data['token'] ?? '') !== '';
  if (isWhole && wanted === uid) return NOTHING;
  const filled: Secret = {
    ...secret,
    metadata: { ...secret.metadata, annotations: { ...annotations, [ACCOUNT_UID]: uid } },
    data: { ...data, ...needed, token: data['token'] ?? encodeBase64(signedToken(claims, serviceAccountKey)) },
  };
  return { steps: [update(filled)], because: `${name} asks for a token of ${account.metadata.name}` };
}
