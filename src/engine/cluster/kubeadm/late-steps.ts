/**
 * How a control plane joins a cluster that runs, and how one leaves it. The new etcd member is added as a learner, copies the
 * store, and is promoted before anything counts on it; one that leaves takes its member out of the group first.
 *
 * @source kubernetes cmd/kubeadm/app/cmd/{join,reset}.go, cmd/phases/{join/etcdjoin,join/checketcd,reset/removeetcdmember,reset/cleanupnode}.go,
 *   phases/etcd/local.go (CheckLocalEtcdClusterStatus, CreateStackedEtcdStaticPodManifestFile, RemoveStackedEtcdMemberFromCluster)
 * @simplified `kubectl drain` before, `kubectl delete node` after a reset are part of it: the one left out, the other done
 */
import type { Pod } from '#engine/api/types';
import { processAt } from '#engine/etcd/etcdctl/print';
import type { MembersAnswer, StatusAnswer } from '#engine/etcd/wire';
import type { Context, ProcessId } from '#engine/kernel/process';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { etcdManifest, MANIFESTS } from './manifests';
import {
  controlPlane,
  discovery,
  fileOf,
  type Found,
  KUBELET_CONFIG,
  type KubeadmArgs,
  kubeletStart,
  lateSteps,
  markControlPlane,
  type Step,
  waitControlPlane,
  write,
} from './phases';
import { DONE } from './kubeadm';

const ENDPOINT_ANNOTATION = 'kubeadm.kubernetes.io/etcd.advertise-client-urls';

const ownMember = ({ node }: KubeadmArgs): ProcessId => `${node}/etcd`;

/** Where members are asked is read from the annotations of their pods. */
const etcdEndpoints: Step = {
  done: '[etcd] Read the etcd endpoints from the pods of the members',
  as: 'administrator',
  run: () => ({
    method: 'GET',
    path: '/api/v1/namespaces/kube-system/pods',
    query: { labelSelector: 'component=etcd,tier=control-plane' },
  }),
  read(answer) {
    const { items } = answer as { readonly items: readonly Pod[] };
    const urls = items.flatMap(({ metadata }) => metadata.annotations?.[ENDPOINT_ANNOTATION] ?? []);
    if (urls.length === 0) return { verdict: { error: 'could not retrieve the list of etcd endpoints' } };
    return { found: { endpoints: urls.map(processAt) } };
  },
};

/** The group itself knows best who belongs to it. */
const etcdMembers: Step = {
  done: '[etcd] Synchronized the etcd endpoints with the list of members',
  as: 'administrator',
  run: () => ({ etcd: { type: 'etcd/member-list', linearizable: true } }),
  read(answer) {
    const { members } = answer as MembersAnswer;
    const endpoints = members.filter(({ name, learner }) => name !== '' && !learner).map(({ process }) => process);
    return { found: { members, endpoints, checked: 0 } };
  },
};

/** Nobody joins a group of which a member does not answer. */
const checkEtcd: Step = {
  done: '[check-etcd] The etcd cluster is healthy',
  as: 'administrator',
  run: (_ctx, { endpoints, checked }) =>
    endpoints[checked] === undefined ? undefined : { etcd: { type: 'etcd/status' }, at: endpoints[checked] },
  read: (_answer, { checked }) => ({ found: { checked: checked + 1 }, verdict: 'again' }),
};

function joinControlPlane(args: KubeadmArgs): readonly Step[] {
  const { node } = args;
  const own = ownMember(args);
  const memberOf = ({ members }: Found) => members.find(({ process }) => process === own);
  return [
    discovery,
    {
      done: '[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...',
      run: () => ({ method: 'GET', path: '/api/v1/namespaces/kube-system/configmaps/kubeadm-config' }),
    },
    controlPlane(args),
    etcdEndpoints,
    etcdMembers,
    checkEtcd,
    kubeletStart(args),
    {
      done: '[etcd] Announced new etcd member joining to the existing etcd cluster',
      as: 'administrator',
      run: (_ctx, found) =>
        memberOf(found) === undefined
          ? { etcd: { type: 'etcd/member-change', change: 'add-learner', member: 0, process: own } }
          : undefined,
      read: (answer) => ({ found: { members: (answer as MembersAnswer).members } }),
    },
    {
      done: '[etcd] Creating static Pod manifest for "etcd"',
      as: 'administrator',
      run(ctx, { members }) {
        const machines = members.map(({ process }) => process.slice(0, process.indexOf('/')));
        const manifest = etcdManifest(args, machines, true);
        write(ctx, { [fileOf(manifest)]: manifest });
        ctx.send(`${node}/kubelet`, { type: 'kubelet/static-pods' });
        return undefined;
      },
    },
    {
      done: `[etcd] Promoted the learner ${node} to a voting member`,
      as: 'administrator',
      run: (_ctx, found) => {
        const member = memberOf(found);
        return member?.learner === true
          ? { etcd: { type: 'etcd/member-change', change: 'promote', member: member.id } }
          : undefined;
      },
    },
    {
      done: '[etcd] Waiting for the new etcd member to join the cluster. This can take up to 40s',
      as: 'administrator',
      run: () => ({ etcd: { type: 'etcd/status' }, at: own }),
      read: (answer) => ((answer as StatusAnswer).leader === 0 ? { verdict: { error: 'etcdserver: no leader' } } : {}),
    },
    { ...markControlPlane(node), as: 'administrator' },
    waitControlPlane,
    {
      done: 'This node has joined the cluster and a new control plane instance was created',
      run: () => undefined,
    },
  ];
}

/** What the group does not answer for is left to a person. */
const patience: NonNullable<Step['patience']> = {
  lasts: 20 * SECOND,
  givenUp: (error) =>
    `[reset] Failed to remove etcd member: ${error}, please manually remove this etcd member using etcdctl`,
};

function reset(args: KubeadmArgs): readonly Step[] {
  const { node } = args;
  const own = ownMember(args);
  return [
    { ...etcdEndpoints, patience },
    { ...etcdMembers, patience },
    {
      done: '[reset] Removed the etcd member of this machine',
      as: 'administrator',
      patience,
      run(_ctx, { members }) {
        const member = members.find(({ process }) => process === own);
        return member === undefined || members.length === 1
          ? undefined
          : { etcd: { type: 'etcd/member-change', change: 'remove', member: member.id } };
      },
    },
    { done: '[reset] Stopping the kubelet service', run: cleanUp },
    {
      done: `node "${node}" deleted`,
      as: 'administrator',
      run: () => ({ method: 'DELETE', path: `/api/v1/nodes/${node}` }),
      patience: { lasts: MINUTE, givenUp: (error) => `error: ${error}` },
    },
  ];
}

/** Nothing of Kubernetes is left on the machine: without its configuration the kubelet does not start, the containers go. */
function cleanUp(ctx: Context): undefined {
  const { disk } = ctx;
  for (const folder of [MANIFESTS, 'wal/', 'snap/']) for (const file of disk.files(folder)) disk.remove(file);
  for (const file of [KUBELET_CONFIG, DONE]) disk.remove(file);
  ctx.restart('kubelet');
  ctx.restart('containerd');
}

lateSteps.provide({ 'join-control-plane': joinControlPlane, reset });
