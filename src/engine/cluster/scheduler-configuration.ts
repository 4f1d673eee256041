/** What those who build a cluster may say of its schedulers. */
export { type SchedulerConfiguration, schedulerConfigurationErrors } from '#engine/scheduler/configuration';
