/**
 * Client-side `kubectl apply` of one object: look, then create it or patch it by three-way merge.
 *
 * @source kubernetes staging/src/k8s.io/kubectl/pkg/cmd/apply/{apply,patcher}.go, pkg/util/apply.go
 */
import type { JsonObject } from '#engine/api/json';
import { patchSchemaOf } from '#engine/api/patch/strategies';
import { lateApi } from '#engine/api/late';
import type { ResourceInfo } from '#engine/api/registry';
import type { KubeObject, KubeObjectInput } from '#engine/api/types';
import { LAST_APPLIED, lastAppliedText } from './last-applied';

export const APPLY_MANAGER = 'kubectl-client-side-apply';

/** The manifest with the annotation that remembers it: what is created, or merged into what is there. */
export function withLastApplied(object: KubeObjectInput): KubeObjectInput {
  const text = lastAppliedText(jsonOf(object));
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [LAST_APPLIED]: text } },
  };
}

/**
 * The patch that brings the live object to what the manifest says; `{}` when it is there already.
 *
 * @param schema - says how lists are merged; null: they are replaced
 */
export function applyPatch(live: KubeObject, object: KubeObjectInput, schema: string | null): JsonObject {
  const text = live.metadata.annotations?.[LAST_APPLIED];
  const original = text === undefined ? {} : (JSON.parse(text) as JsonObject);
  return lateApi.code.createThreeWayPatch(
    original,
    jsonOf(withLastApplied(object)),
    jsonOf(live),
    patchSchemaOf(schema ?? ''),
  );
}

const jsonOf = (object: KubeObjectInput): JsonObject => object as unknown as JsonObject;

/** Warnings that stand on stderr before the object is patched. */
export function applyWarnings(live: KubeObject, resource: Pick<ResourceInfo, 'resource'>): string[] {
  const { name, annotations, deletionTimestamp } = live.metadata;
  const warnings: string[] = [];
  if (annotations?.[LAST_APPLIED] === undefined) {
    warnings.push(
      `Warning: resource ${resource.resource}/${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. ` +
        `kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. ` +
        `The missing annotation will be patched automatically.`,
    );
  }
  if (deletionTimestamp !== undefined) {
    warnings.push(`Warning: Detected changes to resource ${name} which is currently being deleted.`);
  }
  return warnings;
}

/** `deployment.apps/web`: kind and group in lower case, as kubectl's result lines have it. */
export const resultName = (resource: Parameters<typeof typeText>[0], name: string): string =>
  `${typeText(resource)}/${name}`;

/** `deployment.apps`, or `pod` for the core group. */
export const typeText = ({ singular, group }: Pick<ResourceInfo, 'singular' | 'group'>): string =>
  group === '' ? singular : `${singular}.${group}`;
