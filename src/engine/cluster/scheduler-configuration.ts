/** What those who build a cluster may say of its schedulers. */
export { schedulerConfigurationErrors } from '#engine/scheduler/configuration-errors';
export type { SchedulerConfiguration } from '#engine/scheduler/configuration';
