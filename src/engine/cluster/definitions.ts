/** The code of every kind of process: found here when a machine starts one, and when a saved run is restored. */
import { clusterAutoscaler } from '#engine/addons/cluster-autoscaler/cluster-autoscaler';
import { kubeApiserver } from '#engine/apiserver/apiserver';
import { metricsServer } from '#engine/addons/metrics-server/metrics-server';
import { prometheusAdapter } from '#engine/addons/prometheus-adapter/prometheus-adapter';
import { kubeControllerManager } from '#engine/controllers/controller-manager';
import { etcd } from '#engine/etcd/etcd';
import { etcdctl } from '#engine/etcd/etcdctl/etcdctl';
import type { Definitions } from '#engine/kernel/run';
import type { ProcessDefinition } from '#engine/kernel/process';
import { kubectl } from '#engine/kubectl/kubectl';
import { imageRegistry } from '#engine/node/images/registry-process';
import { kubelet } from '#engine/node/kubelet/kubelet';
import { containerd } from '#engine/node/runtime/containerd';
import { loadGenerator } from '#engine/node/traffic/load-generator';
import { cloud } from './cloud';
import './components';
import { kubeadm } from './kubeadm/kubeadm';
import { kubeScheduler } from '#engine/scheduler/scheduler';

const components = [
  etcd,
  etcdctl,
  kubeApiserver,
  kubeScheduler,
  kubeControllerManager,
  kubelet,
  containerd,
  kubeadm,
  cloud,
  clusterAutoscaler,
  imageRegistry,
  loadGenerator,
  metricsServer,
  prometheusAdapter,
  kubectl,
];

export const definitions: Definitions = new Map(
  components.map((component) => [component.kind, component as ProcessDefinition<never, never>]),
);
