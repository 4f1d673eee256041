/** What is said of clocks that run. */
import { clockSentence } from './clock-words';

export const enClock = clockSentence(
  {
    'grace-period': (left) => `No heartbeat: NotReady in ${left}`,
    toleration: (left) => `Evicted in ${left}`,
    termination: (left) => `Killed in ${left}, unless it ends before`,
    'back-off': (left) => `Ended again: next start in ${left}`,
    'image-back-off': (left) => `Image not pulled: next try in ${left}`,
    'image-pull': (left) => `Pulling: ${left} to go`,
    'active-deadline': (left) => `Must be done in ${left}`,
    'job-back-off': (left) => `Failed: next pod in ${left}`,
    ttl: (left) => `Finished: deleted in ${left}`,
    'next-run': (left) => `Next run in ${left}`,
    'progress-deadline': (left) => `Counts as stuck in ${left}, unless it gets on`,
    stabilization: (left) => `Holds an earlier count for ${left}`,
    unschedulable: (left) => `Fits nowhere: tried again in ${left}, or when something changes`,
    'scheduling-back-off': (left) => `Scheduling failed: next try in ${left}`,
    lease: (left) => `Nobody renews the Lease: free in ${left}`,
    reclaim: (left) => `The cloud takes it back in ${left}`,
    election: (left) => `No leader: stands for election in ${left}`,
  },
  (come, whole) => `(${come} of ${whole})`,
);
