/** `kubectl describe`. @source kubernetes kubectl/pkg/cmd/describe/describe.go */
import type { KubeObject } from '#engine/api/types';
import { type Call, want } from '../call/context';
import { pathOf } from '../call/discovery';
import { type Doing, Failure, now } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, fetched, givenObjects, hasFiles, selectors, type Target, targetsOf } from '../call/targets';
import * as configuration from '../describe/configuration';
import { Description } from '../describe/description';
import { describeGeneric, describeRequest } from '../describe/generic';
import * as limits from '../describe/limits';
import * as network from '../describe/network';
import { describeNode, describePod } from '../describe/pod';
import * as storage from '../describe/storage';
import * as workloads from '../describe/workloads';
import type { Command } from './command';
import { nothingFound } from './get';

type Describe = (d: Description, object: never) => Doing<void>;

/** By group and kind. */
const DESCRIBERS: Readonly<Record<string, Describe>> = {
  '/Pod': describePod,
  '/Node': describeNode,
  '/Namespace': limits.describeNamespace,
  '/Service': network.describeService,
  '/Endpoints': network.describeEndpoints,
  '/ConfigMap': configuration.describeConfigMap,
  '/ServiceAccount': configuration.describeServiceAccount,
  '/ReplicationController': workloads.describeReplicationController,
  '/PersistentVolume': storage.describeVolume,
  '/PersistentVolumeClaim': storage.describeClaim,
  'apps/Deployment': workloads.describeDeployment,
  'apps/ReplicaSet': workloads.describeReplicaSet,
  'apps/StatefulSet': workloads.describeStatefulSet,
  'apps/DaemonSet': workloads.describeDaemonSet,
  'batch/Job': workloads.describeJob,
  'batch/CronJob': workloads.describeCronJob,
  'discovery.k8s.io/EndpointSlice': network.describeEndpointSlice,
  'networking.k8s.io/Ingress': network.describeIngress,
  'networking.k8s.io/IngressClass': network.describeIngressClass,
  'networking.k8s.io/IPAddress': network.describeAddress,
  'networking.k8s.io/ServiceCIDR': network.describeRange,
  'scheduling.k8s.io/PriorityClass': limits.describePriorityClass,
  'policy/PodDisruptionBudget': limits.describeBudget,
  'autoscaling/HorizontalPodAutoscaler': limits.describeAutoscaler,
  'storage.k8s.io/CSINode': storage.describeCsiNode,
  'storage.k8s.io/StorageClass': storage.describeStorageClass,
  'storage.k8s.io/VolumeAttributesClass': storage.describeAttributesClass,
  'certificates.k8s.io/CertificateSigningRequest': describeRequest,
};

/** Those that ask the server nothing more. */
const PLAIN: Readonly<Record<string, (d: Description, object: never) => void>> = {
  '/ResourceQuota': limits.describeQuota,
  '/LimitRange': limits.describeLimitRange,
  '/Secret': configuration.describeSecret,
  'networking.k8s.io/NetworkPolicy': network.describeNetworkPolicy,
  'rbac.authorization.k8s.io/Role': configuration.describeRole,
  'rbac.authorization.k8s.io/ClusterRole': configuration.describeRole,
  'rbac.authorization.k8s.io/RoleBinding': configuration.describeBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': configuration.describeBinding,
};

export const describeCommand: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    if (flags.args.length === 0 && !hasFiles(call))
      throw new Failure(
        'error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
      );
    const failures = new Failures();
    const targets: readonly Target[] = hasFiles(call)
      ? yield* givenObjects(call, failures)
      : yield* targetsOf(call, flags.args, {
          allNamespaces: flags.on('all-namespaces'),
          selector: flags.text('selector'),
        });
    let first = true;
    for (const target of targets) {
      try {
        const { objects, near } = yield* foundAt(call, target, targets.length === 1 && flags.args.length === 2);
        for (const found of objects) {
          const text = yield* described(call, found);
          kubectl.out(near ? `${text}\n` : `${first ? '' : '\n\n'}${text}`);
          first = false;
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    if (first && !failures.any) nothingFound(call, targets);
    failures.tell();
    return 0;
  },
};

/** What a target is; of a name that is not there, what is `near`: what begins with it. */
function* foundAt(
  call: Call,
  target: Target,
  byPrefix: boolean,
): Doing<{ readonly objects: readonly Found[]; readonly near: boolean }> {
  try {
    return { objects: yield* fetched(call, target, target.name === null ? selectors(call) : {}), near: false };
  } catch (error) {
    if (!(error instanceof Failure) || error.status?.reason !== 'NotFound' || !byPrefix || target.name === null)
      throw error;
    const all = yield* fetched(call, { ...target, name: null });
    const objects = all.filter(({ name }) => name.startsWith(target.name!));
    if (objects.length === 0) throw error;
    return { objects, near: true };
  }
}

function* described(call: Call, { resource, namespace, name, object }: Found): Doing<string> {
  const d = new Description(call, yield* now());
  const kind = `${resource.group}/${resource.kind}`;
  const whole =
    object.kind === undefined
      ? yield* want<KubeObject>(call, { method: 'GET', path: pathOf(resource, namespace, name) })
      : object;
  const describePlainly = PLAIN[kind];
  if (describePlainly === undefined) yield* (DESCRIBERS[kind] ?? describeGeneric)(d, whole as never);
  else describePlainly(d, whole as never);
  return d.text;
}
