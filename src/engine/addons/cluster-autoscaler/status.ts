/**
 * The ConfigMap `cluster-autoscaler-status`, written with each round.
 *
 * @source kubernetes/autoscaler cluster-autoscaler/clusterstate/{api/types,utils/status}.go
 * @simplified no back-off, and of the counts of nodes those that can differ here
 */
import { timestamp } from '#engine/api/timestamp';
import type { ObjectReference } from '#engine/api/types';
import { request } from '#engine/client/client';
import { collectionPath, objectPath } from '#engine/client/paths';
import type { Context } from '#engine/kernel/process';
import type { AutoscalerState } from './cluster-autoscaler';
import type { AutoscalerTag } from './deletion';
import { isReady, type Sight } from './sight';

const NAMESPACE = 'kube-system';
const NAME = 'cluster-autoscaler-status';

/** Events about the autoscaler as a whole are about its ConfigMap. */
export const aboutStatus: ObjectReference = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name: NAME };

export function writeStatus(state: AutoscalerState, sight: Sight, ctx: Context): void {
  const now = timestamp(ctx.now);
  const tag: AutoscalerTag = { type: 'autoscaler/status' };
  const metadata = {
    name: NAME,
    namespace: NAMESPACE,
    annotations: { 'cluster-autoscaler.kubernetes.io/last-updated': now },
  };
  const data = { status: statusText(state, sight, ctx) };
  if (state.hasStatus) {
    const path = objectPath('ConfigMap', NAMESPACE, NAME);
    const body = { metadata: { annotations: metadata.annotations }, data };
    return request(
      state.client,
      ctx,
      { method: 'PATCH', path, contentType: 'application/merge-patch+json', body },
      tag,
    );
  }
  state.hasStatus = true;
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  request(state.client, ctx, { method: 'POST', path: collectionPath('ConfigMap', NAMESPACE), body }, tag);
}

/** As YAML, two blanks deeper with each level. */
function statusText(state: AutoscalerState, { groups, all, nodes, groupOf }: Sight, ctx: Context): string {
  const now = timestamp(ctx.now);
  const lines: string[] = [`time: ${now}`, 'autoscalerStatus: Running', 'clusterWide:'];
  const times = (about: string, status: string): readonly string[] => {
    const known = state.transitions.get(about);
    if (known?.status !== status) state.transitions.set(about, { status, since: ctx.now });
    return [
      `  status: ${status}`,
      `  lastProbeTime: "${now}"`,
      `  lastTransitionTime: "${timestamp(state.transitions.get(about)!.since)}"`,
    ];
  };
  const add = (depth: string, block: readonly string[]): void => void lines.push(...block.map((line) => depth + line));
  const missing = ({ name, target }: (typeof groups)[number]): number =>
    Math.max(0, target - nodes.filter((node) => groupOf(node)?.name === name && isReady(node)).length);
  const part = (about: string, of: typeof nodes, missed: number, own: readonly string[]): readonly string[] => {
    const candidates = of.filter(({ metadata }) => state.unneeded.has(metadata.name)).length;
    const counts = [
      '  nodeCounts:',
      '    registered:',
      `      total: ${of.length}`,
      `      ready: ${of.filter(isReady).length}`,
    ];
    return [
      'health:',
      ...times(`${about}/health`, 'Healthy'),
      ...counts,
      ...own,
      'scaleUp:',
      ...times(`${about}/scaleUp`, missed > 0 ? 'InProgress' : 'NoActivity'),
      'scaleDown:',
      ...times(`${about}/scaleDown`, candidates > 0 ? 'CandidatesPresent' : 'NoCandidates'),
      ...(candidates > 0 ? [`  candidates: ${candidates}`] : []),
    ];
  };
  add(
    '  ',
    part(
      '',
      all,
      groups.reduce((sum, group) => sum + missing(group), 0),
      [],
    ),
  );
  lines.push('nodeGroups:');
  for (const group of groups) {
    const { name, target, min, max } = group;
    lines.push(`- name: ${name}`);
    const own = [`  cloudProviderTarget: ${target}`, `  minSize: ${min}`, `  maxSize: ${max}`];
    add(
      '  ',
      part(
        name,
        nodes.filter((node) => groupOf(node) === group),
        missing(group),
        own,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}
