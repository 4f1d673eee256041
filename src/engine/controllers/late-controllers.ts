/** Fills `late.ts`; importing it is enough. */
import { approveRequest } from './certificates/approver';
import { signRequest } from './certificates/signer';
import { reconcileBudget, reconcileDisruptedPod } from './disruption/reconcile';
import { customKinds, followDefinitions, isServedAnew } from './custom-resources';
import { lateReconcilers } from './late';
import { reconcileNamespace } from './namespace/reconcile';
import { isSameList, reconcileQuota } from './resourcequota/reconcile';
import { reconcileClaim, reconcileVolume } from './storageprotection/reconcile';

lateReconcilers.provide({
  approveRequest,
  signRequest,
  reconcileNamespace,
  reconcileBudget,
  reconcileDisruptedPod,
  reconcileQuota,
  isSameList,
  reconcileClaim,
  reconcileVolume,
  customKinds,
  isServedAnew,
  followDefinitions,
});
