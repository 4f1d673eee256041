/** Fills `late.ts`; importing it is enough. */
import { approveRequest } from './certificates/approver';
import { signRequest } from './certificates/signer';
import { lateReconcilers } from './late';
import { isSameList, reconcileQuota } from './resourcequota/reconcile';
import { reconcileClaim, reconcileVolume } from './storageprotection/reconcile';

lateReconcilers.provide({ approveRequest, signRequest, reconcileQuota, isSameList, reconcileClaim, reconcileVolume });
