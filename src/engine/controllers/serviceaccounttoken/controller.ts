/** Fills the Secrets by which somebody asks for a token of a service account that does not expire. What it does comes late. @source kubernetes pkg/controller/serviceaccount/tokens_controller.go */
import type { Secret } from '#engine/api/types';
import { type Change, defineController } from '#engine/client/plan';
import { lateReconcilers } from '../late';

export const TOKEN_TYPE = 'kubernetes.io/service-account-token';

export const tokensController = defineController({
  name: 'serviceaccount-token',
  component: 'serviceaccount-token-controller',
  serviceAccount: null,
  watches: ['ServiceAccount', 'Secret'],
  initialMemory: null,
  workers: 5,
  keysFor: (change, view) => (mayConcern(change) ? lateReconcilers.code.tokenKeys(change, view) : []),
  reconcile: (view, key, { settings }) => lateReconcilers.code.reconcileToken(view, key, settings),
});

/** A new account has no tokens yet. */
const mayConcern = ({ kind, type, object }: Change): boolean =>
  kind === 'ServiceAccount' ? type === 'deleted' : type !== 'deleted' && (object as Secret).type === TOKEN_TYPE;
