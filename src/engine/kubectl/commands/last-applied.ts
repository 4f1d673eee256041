/** `kubectl apply view-last-applied` and `set-last-applied`. @source kubernetes kubectl/pkg/cmd/apply/apply_{view,set}_last_applied.go, kubectl/pkg/cmd/util/editor/editoptions.go (GetApplyPatch) */
import { canonicalJson, type JsonObject } from '#engine/api/json';
import type { KubeObject } from '#engine/api/types';
import { type Call, failed, usage, want } from '../call/context';
import { pathOf } from '../call/discovery';
import type { Doing } from '../call/effects';
import { Failures } from '../call/errors';
import { type Given, givenObjects, objectsOf } from '../call/targets';
import { LAST_APPLIED } from '../last-applied';
import { yamlText } from '../output/yaml';
import type { Command } from './command';
import { dryRunOf, patchRequest, tell } from './writing';

export const viewLastApplied: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const output = flags.text('output', 'yaml');
    const failures = new Failures();
    const texts: string[] = [];
    for (const { object, name } of yield* objectsOf(call, flags.args, failures, true)) {
      const text = object.metadata.annotations?.[LAST_APPLIED];
      if (text === undefined) throw failed(`no last-applied-configuration annotation found on resource: ${name}\n`);
      texts.push(text);
    }
    failures.tell();
    if (output !== 'yaml' && output !== 'json')
      throw usage(call, `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`);
    for (const text of texts) {
      const object = JSON.parse(text) as JsonObject;
      kubectl.out(output === 'yaml' ? yamlText(object) : `${JSON.stringify(object, null, 2)}\n`);
    }
    return 0;
  },
};

/** What is kept of a manifest: the manifest itself, as it is read. */
const keptText = ({ object, namespace }: Given): string => {
  const metadata = object.metadata as unknown as JsonObject;
  const placed = namespace === '' ? object : { ...object, metadata: { ...metadata, namespace } };
  return `${canonicalJson(placed)}\n`;
};

/** The annotation of an object is written anew, and nothing else. */
export function* keepAsApplied(call: Call, given: Given): Doing<JsonObject> {
  const { object } = given;
  const annotations = { [LAST_APPLIED]: keptText(given) };
  const patch = { metadata: { annotations } };
  if (dryRunOf(call) === 'client') return object;
  return yield* want<JsonObject>(call, patchRequest(call, given, 'merge', patch, null));
}

export const setLastApplied: Command = {
  *run(call) {
    const { flags, kubectl } = call;
    const failures = new Failures();
    const changed: Given[] = [];
    for (const given of yield* givenObjects(call, failures)) {
      const { resource, namespace, name } = given;
      const live = yield* want<KubeObject>(call, { method: 'GET', path: pathOf(resource, namespace, name) });
      const known = live.metadata.annotations?.[LAST_APPLIED];
      if (known === undefined && !flags.on('create-annotation'))
        throw failed(
          `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
        );
      if (known === keptText(given)) kubectl.out(`set-last-applied ${name}: no changes required.\n`);
      else changed.push(given);
    }
    failures.tell();
    for (const given of changed) yield* tell(call, given.resource, yield* keepAsApplied(call, given), 'configured');
    return 0;
  },
};
