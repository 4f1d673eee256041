/**
 * What the issuer of service accounts' tokens tells of itself, for those who check tokens elsewhere.
 *
 * @source kubernetes pkg/serviceaccount/openidmetadata.go, pkg/routes/openidmetadata.go
 */
import type { Document } from '../discovery';
import type { ApiServerState } from '../state';
import { publicKey } from './jwt';
import { ISSUER } from './service-account-token';

const CONFIGURATION = '/.well-known/openid-configuration';
const KEYS = '/openid/v1/jwks';

/** The document at a path; null: the path is none of its. */
export function issuerDocument({ args }: ApiServerState, path: string): Document | null {
  switch (path.endsWith('/') ? path.slice(0, -1) : path) {
    case CONFIGURATION:
      return {
        body: {
          issuer: ISSUER,
          jwks_uri: `https://${args.advertiseAddress}:6443${KEYS}`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        },
        contentType: 'application/json',
      };
    case KEYS:
      return { body: { keys: [publicKey(args.serviceAccountKey)] }, contentType: 'application/jwk-set+json' };
    default:
      return null;
  }
}
