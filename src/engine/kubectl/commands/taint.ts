/** `kubectl taint`. @source kubernetes kubectl/pkg/cmd/taint/{taint,utils}.go */
import { labelKeyErrors, labelValueErrors } from '#engine/api/names';
import type { Node, Taint } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, objectsOf } from '../call/targets';
import type { JsonObject } from '#engine/api/json';
import type { Command } from './command';
import { dryRunOf, patchRequest, tell } from './writing';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

interface Removal {
  readonly key: string;
  readonly effect: string;
}

/** `key=value:Effect`, `key:Effect`, `key`; `null` when it is none. */
function taintOf(text: string): Removal {
  const [whole = '', effect = '', more] = text.split(':');
  const [key = '', value = '', third] = whole.split('=');
  if (more !== undefined || third !== undefined) throw failed(`invalid taint spec: ${text}`);
  const [wrong] = labelKeyErrors(key);
  if (wrong !== undefined) throw failed(`invalid taint spec: ${text}, ${wrong}`);
  const [bad] = labelValueErrors(value);
  if (bad !== undefined) throw failed(`invalid taint spec: ${text}, ${bad}`);
  if (effect !== '' && !EFFECTS.includes(effect))
    throw failed(
      `invalid taint effect: ${effect}, unsupported taint effect\nSee 'kubectl taint -h' for help and examples`,
    );
  return { key, ...(value === '' ? {} : { value }), effect };
}

export const taintCommand: Command = {
  *run(call) {
    const { flags } = call;
    const resources: string[] = [];
    const specs: string[] = [];
    for (const arg of flags.args) {
      const isSpec = arg.includes('=') || arg.includes(':') || arg.endsWith('-');
      if (!isSpec && specs.length > 0) throw failed(`all resources must be specified before taint changes: ${arg}`);
      if (isSpec) specs.push(arg);
      else resources.push(arg);
    }
    if (resources.length < 1) throw failed('one or more resources must be specified as <resource> <name>');
    if (specs.length < 1) throw failed('at least one taint update is required');
    const added = specs.filter((spec) => !spec.endsWith('-')).map((spec) => taintOf(spec) as Taint);
    const removed = specs.filter((spec) => spec.endsWith('-')).map((spec) => taintOf(spec.slice(0, -1)));
    for (const { key, effect } of added)
      if (effect === undefined || (effect as string) === '') throw failed(`invalid taint spec: ${key}`);
    const failures = new Failures();
    for (const found of yield* objectsOf(call, resources, failures)) {
      try {
        yield* change(call, found, added, removed);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    failures.tell();
    return 0;
  },
};

function* change(call: Call, found: Found, added: readonly Taint[], removed: readonly Removal[]): Doing<void> {
  const node = found.object as Node;
  const before = node.spec.taints ?? [];
  const same = (a: { readonly key: string; readonly effect: string }, b: Taint): boolean =>
    a.key === b.key && a.effect === b.effect;
  const overwrite = call.flags.on('overwrite');
  const taken = added.filter((taint) => before.some((old) => same(taint, old)));
  if (taken.length > 0 && !overwrite)
    throw failed(
      `node ${found.name} already has ${taken.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`.replace(
        /has (\S+) taint/,
        'has [$1] taint',
      ),
    );
  const problems: string[] = [];
  let kept = before.filter((old) => !added.some((taint) => same(taint, old)));
  for (const removal of removed) {
    const left = kept.filter(
      (old) => !(old.key === removal.key && (removal.effect === '' || old.effect === removal.effect)),
    );
    if (left.length === kept.length)
      problems.push(
        `taint ${JSON.stringify(removal.effect === '' ? removal.key : `${removal.key}:${removal.effect}`)} not found`,
      );
    kept = left;
  }
  if (problems.length > 0) throw failed(problems.join('\n'));
  const taints = [...added, ...kept];
  const word =
    taken.length > 0
      ? 'modified'
      : added.length > 0 && removed.length > 0
        ? 'modified'
        : added.length > 0
          ? 'tainted'
          : 'untainted';
  const body = { spec: { taints: taints.length === 0 ? null : taints } };
  const answered =
    dryRunOf(call) === 'client' ? node : yield* want(call, patchRequest(call, found, 'merge', body, 'kubectl-taint'));
  yield* tell(call, found.resource, answered as JsonObject, word);
}
