/**
 * The scale subresource: how many replicas, and nothing else.
 *
 * @source kubernetes pkg/registry/apps/{deployment,replicaset,statefulset}/storage/storage.go, pkg/registry/core/replicationcontroller/storage/storage.go
 */
import type { ResourceInfo } from '#engine/api/registry';
import { badRequest, invalid } from '#engine/api/status-error';
import { invalid as invalidField, quote, required } from '#engine/api/field-error';
import type { Deployment, KubeObject, ReplicaSet, Scale, StatefulSet } from '#engine/api/types';
import { type Decision, refused } from './decision';
import { patchValue } from './patching';
import { lacksReplicas, scaleOf } from './scale-of';
import type { Operation } from './state';
import type { Surroundings } from './surroundings';
import { decideNext } from './update';

type Scalable = Deployment | ReplicaSet | StatefulSet;

export function decideScale(operation: Operation, info: ResourceInfo, old: KubeObject, around: Surroundings): Decision {
  const current = scaleOf(info, old);
  let wanted = operation.body as Partial<Scale>;
  if (operation.verb === 'patch') {
    const patched = patchValue(operation, 'Scale', current);
    if (patched.type === 'refuse') return refused(patched.status);
    wanted = patched.value as Partial<Scale>;
  }
  const { name } = wanted.metadata ?? {};
  if (name !== undefined && name !== '' && name !== operation.name) {
    return refused(
      badRequest(`the name of the object (${name}) does not match the name on the URL (${operation.name})`),
    );
  }
  const { custom } = info;
  if (operation.verb === 'patch' && lacksReplicas(info, wanted)) {
    const text = `the spec replicas field ${quote(custom?.scale?.replicasPath ?? '')} cannot be empty`;
    return refused(badRequest(text));
  }
  const replicas = wanted.spec?.replicas ?? 0;
  if (custom === undefined && (!Number.isInteger(replicas) || replicas < 0)) {
    const scale = { group: 'autoscaling', kind: 'Scale' };
    const error =
      typeof replicas === 'number'
        ? invalidField('spec.replicas', replicas, 'must be greater than or equal to 0')
        : required('spec.replicas');
    return refused(invalid(scale, operation.name, [error]));
  }
  const resourceVersion = wanted.metadata?.resourceVersion;
  const scalable = old as Scalable;
  const metadata = { ...old.metadata, resourceVersion: resourceVersion ?? old.metadata.resourceVersion };
  const body =
    custom?.scale === undefined
      ? { ...scalable, metadata, spec: { ...scalable.spec, replicas } }
      : (custom.scale.withReplicas({ ...old, metadata }, replicas) as KubeObject);
  const decision = decideNext({ ...operation, subresource: '' }, info, old, body, around, { subresource: 'scale' });
  return answeringScale(info, decision);
}

/** A decision on the object that is answered with its Scale. */
export const answeringScale = (info: ResourceInfo, decision: Decision): Decision =>
  decision.type === 'respond' && decision.code < 400
    ? { ...decision, body: scaleOf(info, decision.body as KubeObject) }
    : decision;

/** What applying a Scale means for the object that it scales. */
export function scaleConfig(body: unknown, { apiVersion, kind, custom }: ResourceInfo): unknown {
  const { metadata, spec } = body as Partial<Scale>;
  const config = { apiVersion, kind, metadata: { ...metadata } };
  if (custom?.scale !== undefined) return custom.scale.withReplicas(config, spec?.replicas);
  return { ...config, spec: { replicas: spec?.replicas } };
}
