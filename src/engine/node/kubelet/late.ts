/** Places of the kubelet's code that comes late. */
import { LateCode } from '#engine/late/late-code';
import type { Pod } from '#engine/api/types';
import type { Context } from '#engine/kernel/process';
import type { CriAnswer } from '../runtime/cri';
import type { Rejection } from './admission';
import type { KubeletState } from './state';
import type * as termination from './termination';

/** How pods and containers come to their end; `late-termination.ts` fills it. */
export const podEnd = new LateCode<typeof termination>('the end of pods');

/** What a kubelet does when its machine is short of something; `late-eviction.ts` fills it. */
export interface PodEviction {
  /** Begins to look for a pod to be evicted, unless that is under way. */
  evict(state: KubeletState, ctx: Context): void;
  /** The runtime has told what containers use. */
  statsAnswered(state: KubeletState, answer: CriAnswer, ctx: Context): void;
  evictionDue(state: KubeletState, ctx: Context): void;
  refusal(pod: Pod, pressure: { readonly memoryPressure: boolean; readonly diskPressure: boolean }): Rejection | null;
}

export const podEviction = new LateCode<PodEviction>('eviction by kubelets');
