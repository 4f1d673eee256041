import type { PodInfo } from '../pod-info';
import type { EventObjects } from '../registered-event';

/** Whether it is the waiting pod itself that has changed. */
export const isOwnChange = (pod: PodInfo, { now }: EventObjects): boolean => now?.metadata.uid === pod.uid;
