/** Laws that hold in every cluster that was left alone long enough: what breaks them, in words. An empty list is good. */
import type { EndpointSlice, KubeObject, Pod } from '#engine/api/types';
import type { PodRecord } from './records';
import type { Story } from './testing';

/**
 * @param wanted - replicas by Deployment of the namespace `default`
 * @returns what is wrong, one sentence each
 */
export function unsettled(story: Story, wanted: Readonly<Record<string, number>>): string[] {
  return [
    ...nodesUnsettled(story),
    ...podsUnsettled(story, wanted),
    ...machinesUnsettled(story),
    ...endpointsUnsettled(story),
  ];
}

function nodesUnsettled({ nodes, machines }: Story): string[] {
  const problems: string[] = [];
  for (const { name, ready, taints, requested, allocatable } of nodes) {
    if (!machines.has(name)) problems.push(`node ${name} has no machine`);
    if (ready !== 'True') problems.push(`node ${name} is Ready=${ready}`);
    for (const { key } of taints) {
      if (key !== 'node-role.kubernetes.io/control-plane') problems.push(`node ${name} is tainted ${key}`);
    }
    if (
      requested.pods > allocatable.pods ||
      requested.milliCpu > allocatable.milliCpu ||
      requested.memory > allocatable.memory
    ) {
      problems.push(`node ${name} is over its allocatable: ${JSON.stringify(requested)}`);
    }
  }
  return problems;
}

function podsUnsettled(story: Story, wanted: Readonly<Record<string, number>>): string[] {
  const problems: string[] = [];
  for (const [app, replicas] of Object.entries(wanted)) {
    const { length } = story.readyPodsOf(app);
    if (length !== replicas) problems.push(`${app} has ${length} ready pods, not ${replicas}`);
    const { ready, current, updated, available } = story.deployment(app);
    if ([ready, current, updated, available].some((count) => count !== replicas)) {
      problems.push(
        `deployment ${app} says ready ${ready}, current ${current}, updated ${updated}, available ${available}`,
      );
    }
  }
  const addresses = new Map<string, string>();
  for (const pod of story.pods) {
    if (wanted[pod.app.split('/')[2] ?? ''] === undefined) problems.push(`pod ${pod.name} belongs to ${pod.app}`);
    if (pod.owner !== null && !story.records.has(pod.owner.uid)) problems.push(`pod ${pod.name} is an orphan`);
    if (!pod.ready || pod.deletionAt !== null)
      problems.push(`pod ${pod.name} is ${pod.status} on ${pod.node ?? 'no node'}`);
    const other = addresses.get(pod.ip ?? '');
    if (other !== undefined) problems.push(`pods ${pod.name} and ${other} have the address ${pod.ip}`);
    addresses.set(pod.ip ?? '', pod.name);
  }
  return problems;
}

/** Belief against truth: each machine runs the pods that are bound to it, and no others. */
function machinesUnsettled({ machines, pods: apps, systemPods }: Story): string[] {
  const problems: string[] = [];
  const pods = [...apps, ...systemPods];
  for (const { name, ready, status } of systemPods) if (!ready) problems.push(`pod ${name} is ${status}`);
  for (const { name, power, sandboxes } of machines.values()) {
    if (power !== 'on') problems.push(`machine ${name} is ${power}`);
    const bound = new Map<string, PodRecord>(pods.filter(({ node }) => node === name).map((pod) => [pod.uid, pod]));
    const seen = new Set<string>();
    for (const { podUid, name: pod, running } of sandboxes) {
      if (seen.has(podUid)) problems.push(`machine ${name} runs two sandboxes of ${pod}`);
      seen.add(podUid);
      if (!bound.has(podUid)) problems.push(`machine ${name} runs ${pod}, which is not bound to it`);
      const containers = bound.get(podUid)?.containers ?? running;
      if (running !== containers)
        problems.push(`machine ${name} runs ${running} of ${containers} containers of ${pod}`);
    }
    for (const { uid, name: pod } of bound.values())
      if (!seen.has(uid)) problems.push(`machine ${name} does not run ${pod}`);
  }
  return problems;
}

/** Each Service with a selector has exactly its ready pods as ready endpoints. */
function endpointsUnsettled(story: Story): string[] {
  const problems: string[] = [];
  for (const record of story.records.values()) {
    if (record.kind !== 'Service' || record.name === 'kubernetes') continue;
    const service = story.object<KubeObject & { spec: { selector?: Record<string, string> } }>(
      'Service',
      record.name,
      record.namespace,
    )!;
    const selector = Object.entries(service.spec.selector ?? {});
    const matches = (pod: PodRecord): boolean =>
      pod.namespace === record.namespace && selector.every(([key, value]) => pod.labels[key] === value);
    const should = story.pods
      .filter((pod) => pod.ready && matches(pod))
      .map(({ ip }) => ip ?? '')
      .sort();
    const are = readyAddresses(story, record.namespace, record.name);
    if (should.join() !== are.join())
      problems.push(`service ${record.name} has endpoints ${are.join()}, not ${should.join()}`);
  }
  return problems;
}

/** The ready addresses of a Service's EndpointSlices, in byte order. */
export function readyAddresses(story: Story, namespace: string, service: string): string[] {
  return [...story.records.values()]
    .filter(
      ({ kind, namespace: at, labels }) =>
        kind === 'EndpointSlice' && at === namespace && labels['kubernetes.io/service-name'] === service,
    )
    .flatMap(({ name }) => story.object<EndpointSlice>('EndpointSlice', name, namespace)?.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses)
    .sort();
}

/** The whole Pod of a record. */
export const wholePod = (story: Story, { name, namespace }: PodRecord): Pod =>
  story.object<Pod>('Pod', name, namespace)!;
