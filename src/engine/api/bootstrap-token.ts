/** What the Secret of a bootstrap token says. @source kubernetes cluster-bootstrap/util/secrets/secrets.go, token/api/types.go */
import { decodeBase64 } from './base64';
import { parseTimestamp } from './timestamp';
import type { KubeObject, Secret } from './types';

export const isBootstrapToken = (object: KubeObject | undefined): object is Secret =>
  (object as Secret | undefined)?.type === 'bootstrap.kubernetes.io/token' &&
  object?.metadata.namespace === 'kube-system';

export const tokenField = ({ data }: Secret, key: string): string => decodeBase64(data?.[key] ?? '') ?? '';

/** When it is over, in virtual µs: one whose expiration cannot be read is. */
export function tokenEnd(secret: Secret): number {
  const text = tokenField(secret, 'expiration');
  return text === '' ? Infinity : parseTimestamp(text) || 0;
}
