/** The groups apps, batch, autoscaling and policy. @source kubernetes pkg/registry/{apps,batch,autoscaling,policy} */
import { deploymentRules } from '../kinds/deployment';
import { replicaSetRules } from '../kinds/replica-set';
import { lateRules } from '../late';
import { resourceInfo, type StoredInfo } from '../resource-info';

const APPS = 'apps/v1';
const BATCH = 'batch/v1';

export const workloadResources: readonly StoredInfo[] = [
  resourceInfo(APPS, 'ReplicaSet', {
    resource: 'replicasets',
    short: 'rs',
    categories: 'all',
    subresources: 'scale status',
    rules: replicaSetRules,
  }),
  resourceInfo(APPS, 'Deployment', {
    resource: 'deployments',
    short: 'deploy',
    categories: 'all',
    subresources: 'scale status',
    rules: deploymentRules,
  }),
  resourceInfo(APPS, 'StatefulSet', {
    resource: 'statefulsets',
    short: 'sts',
    categories: 'all',
    subresources: 'scale status',
    rules: lateRules('StatefulSet'),
  }),
  resourceInfo(APPS, 'DaemonSet', {
    resource: 'daemonsets',
    short: 'ds',
    categories: 'all',
    subresources: 'status',
    rules: lateRules('DaemonSet'),
  }),
  resourceInfo(APPS, 'ControllerRevision', {
    resource: 'controllerrevisions',
    rules: lateRules('ControllerRevision'),
  }),
  resourceInfo(BATCH, 'Job', {
    resource: 'jobs',
    categories: 'all',
    subresources: 'status',
    rules: lateRules('Job'),
  }),
  resourceInfo(BATCH, 'CronJob', {
    resource: 'cronjobs',
    short: 'cj',
    categories: 'all',
    subresources: 'status',
    rules: lateRules('CronJob'),
  }),
  resourceInfo('autoscaling/v2', 'HorizontalPodAutoscaler', {
    resource: 'horizontalpodautoscalers',
    short: 'hpa',
    categories: 'all',
    subresources: 'status',
    rules: lateRules('HorizontalPodAutoscaler'),
  }),
  resourceInfo('policy/v1', 'PodDisruptionBudget', {
    resource: 'poddisruptionbudgets',
    short: 'pdb',
    subresources: 'status',
    allowUnconditionalUpdate: false,
    rules: lateRules('PodDisruptionBudget'),
  }),
];
