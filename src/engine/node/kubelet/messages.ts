/** What a kubelet tells itself: timers, and the tags of its API requests. */
import type { AccessTag } from './server/access';
import type { ProbeType } from './state';

export type KubeletTimer =
  | { readonly type: 'kubelet/runtime' }
  | { readonly type: 'kubelet/machine-id-stored' }
  | { readonly type: 'kubelet/node-status' }
  | { readonly type: 'kubelet/register' }
  | { readonly type: 'kubelet/lease' }
  | { readonly type: 'kubelet/sessions' }
  /** Whether the pod that was evicted has ended. */
  | { readonly type: 'kubelet/eviction' }
  /** A manifest of a static pod was written or removed, or an old one has ended. */
  | { readonly type: 'kubelet/static-pods' }
  | { readonly type: 'kubelet/mirrors' }
  | { readonly type: 'kubelet/renew-token'; readonly uid: string }
  | { readonly type: 'kubelet/sync'; readonly uid: string }
  | { readonly type: 'kubelet/deadline'; readonly uid: string }
  | { readonly type: 'kubelet/write-status'; readonly uid: string }
  | { readonly type: 'kubelet/reconcile-status'; readonly uid: string }
  | {
      readonly type: 'kubelet/probe';
      readonly uid: string;
      readonly container: string;
      readonly probe: ProbeType;
      readonly containerId: string;
    }
  | {
      readonly type: 'kubelet/hook-over';
      readonly uid: string;
      readonly container: string;
      readonly containerId: string;
    };

export type KubeletTag =
  | AccessTag
  | { readonly type: 'kubelet/node-created' }
  | { readonly type: 'kubelet/node-read' }
  | { readonly type: 'kubelet/node-patched' }
  | { readonly type: 'kubelet/lease-read' }
  | { readonly type: 'kubelet/lease-written' }
  | { readonly type: 'kubelet/status-written'; readonly uid: string }
  | { readonly type: 'kubelet/pod-deleted'; readonly uid: string }
  | { readonly type: 'kubelet/mirror-created'; readonly uid: string }
  | { readonly type: 'kubelet/mirror-deleted' }
  | { readonly type: 'kubelet/token'; readonly uid: string; readonly source: string }
  | { readonly type: 'kubelet/object-read'; readonly key: string };
