/** The groups apps, batch, autoscaling and policy. @source kubernetes pkg/registry/{apps,batch,autoscaling,policy} */
import { controllerRevisionRules } from '../kinds/controller-revision';
import { daemonSetRules } from '../kinds/daemon-set';
import { deploymentRules } from '../kinds/deployment';
import { horizontalPodAutoscalerRules } from '../kinds/horizontal-pod-autoscaler';
import { cronJobRules, jobRules } from '../kinds/job';
import { podDisruptionBudgetRules } from '../kinds/pod-disruption-budget';
import { replicaSetRules } from '../kinds/replica-set';
import { statefulSetRules } from '../kinds/stateful-set';
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
    rules: statefulSetRules,
  }),
  resourceInfo(APPS, 'DaemonSet', {
    resource: 'daemonsets',
    short: 'ds',
    categories: 'all',
    subresources: 'status',
    rules: daemonSetRules,
  }),
  resourceInfo(APPS, 'ControllerRevision', {
    resource: 'controllerrevisions',
    rules: controllerRevisionRules,
  }),
  resourceInfo(BATCH, 'Job', {
    resource: 'jobs',
    categories: 'all',
    subresources: 'status',
    rules: jobRules,
  }),
  resourceInfo(BATCH, 'CronJob', {
    resource: 'cronjobs',
    short: 'cj',
    categories: 'all',
    subresources: 'status',
    rules: cronJobRules,
  }),
  resourceInfo('autoscaling/v2', 'HorizontalPodAutoscaler', {
    resource: 'horizontalpodautoscalers',
    short: 'hpa',
    categories: 'all',
    subresources: 'status',
    rules: horizontalPodAutoscalerRules,
  }),
  resourceInfo('policy/v1', 'PodDisruptionBudget', {
    resource: 'poddisruptionbudgets',
    short: 'pdb',
    subresources: 'status',
    allowUnconditionalUpdate: false,
    rules: podDisruptionBudgetRules,
  }),
];
