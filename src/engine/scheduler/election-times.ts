/** The times of a scheduler's leader election. @source kubernetes pkg/scheduler/apis/config/v1/defaults.go, component-base/config/v1alpha1/defaults.go */
import { parseDuration } from '#engine/api/cel/time';
import type { Micros } from '#engine/kernel/time';
import type { LeaderElectionConfiguration } from './configuration';

const NANOS_PER_MICRO = 1_000n;

/** A duration of Go, checked before; what is no duration counts as 0. */
const micros = (text: string): Micros => Number((parseDuration(text) ?? 0n) / NANOS_PER_MICRO);

export const electionTimes = ({
  leaseDuration = '15s',
  renewDeadline = '10s',
  retryPeriod = '2s',
}: LeaderElectionConfiguration): Readonly<Record<'leaseDuration' | 'renewDeadline' | 'retryPeriod', Micros>> => ({
  leaseDuration: micros(leaseDuration),
  renewDeadline: micros(renewDeadline),
  retryPeriod: micros(retryPeriod),
});
