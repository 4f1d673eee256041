/**
 * `kubectl label` and `kubectl annotate`.
 *
 * @source kubernetes kubectl/pkg/cmd/{label/label,annotate/annotate}.go
 */
import { byteOrder, deepEqual, type JsonObject } from '#engine/api/json';
import { labelKeyErrors, labelValueErrors } from '#engine/api/names';
import type { KubeObject } from '#engine/api/types';
import { type Call, failed, want } from '../call/context';
import { kindText } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, hasFiles, objectsOf } from '../call/targets';
import { printerOf } from '../output/printing';
import type { Command } from './command';
import { dryRunOf, dryRunSuffix, patchRequest } from './writing';

interface Kind {
  readonly field: 'labels' | 'annotations';
  /** `label`, `annotation`. */
  readonly word: string;
}

interface Changes {
  readonly resources: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly removed: readonly string[];
}

/** Splits arguments into resources and changes. @source kubectl/pkg/cmd/util/helpers.go (GetResourcesAndPairs, ParsePairs) */
function changesOf(args: readonly string[], { word }: Kind): Changes {
  const resources: string[] = [];
  const set: Record<string, string> = {};
  const removed: string[] = [];
  let begun = false;
  for (const arg of args) {
    const isPair = arg.includes('=') || (arg.endsWith('-') && arg.length > 1);
    if (!begun && isPair) begun = true;
    if (!begun) resources.push(arg);
    else if (!isPair) throw failed(`all resources must be specified before ${word} changes: ${arg}`);
    else if (arg.includes('=')) {
      const at = arg.indexOf('=');
      if (at === 0 || (word === 'label' && arg.indexOf('=', at + 1) > 0)) throw failed(`invalid ${word} spec: ${arg}`);
      set[arg.slice(0, at)] = arg.slice(at + 1);
    } else removed.push(arg.slice(0, -1));
  }
  for (const key of removed)
    if (key in set)
      throw failed(
        `can not both modify and remove ${word === 'label' ? 'a label' : 'an annotation'} in the same command`,
      );
  return { resources, set, removed };
}

function check({ set }: Changes, { word }: Kind): void {
  if (word !== 'label') return;
  for (const [key, value] of Object.entries(set)) {
    const [wrong] = labelKeyErrors(key);
    if (wrong !== undefined) throw failed(`invalid label key ${JSON.stringify(key)}: ${wrong}`);
    const [bad] = labelValueErrors(value);
    if (bad !== undefined) throw failed(`invalid label value: ${JSON.stringify(`${key}=${value}`)}: ${bad}`);
  }
}

const labelling = (kind: Kind): Command => ({
  *run(call) {
    const { flags } = call;
    const changes = changesOf(flags.args, kind);
    const article = kind.word === 'label' ? 'label' : 'annotation';
    if (changes.resources.length < 1 && !hasFiles(call))
      throw failed('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    const listing = flags.on('list');
    if (!listing && Object.keys(changes.set).length === 0 && changes.removed.length === 0)
      throw failed(`at least one ${article} update is required`);
    check(changes, kind);
    const failures = new Failures();
    const found = yield* objectsOf(call, changes.resources, failures);
    if (found.length === 0 && !failures.any && flags.text('selector') !== '') throw failed('no resources found');
    for (const one of found) {
      try {
        if (listing) list(call, one, kind, found.length > 1);
        else yield* change(call, one, changes, kind);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.add(error);
      }
    }
    failures.tell();
    return 0;
  },
});

function list({ kubectl }: Call, { object }: Found, { field }: Kind, several: boolean): void {
  const values = object.metadata[field] ?? {};
  const indent = several ? ' ' : '';
  if (several) kubectl.out(`Listing ${field} for ${object.kind}.${groupOf(object)}/${object.metadata.name}:\n`);
  for (const key of Object.keys(values).sort(byteOrder)) kubectl.out(`${indent}${key}=${values[key]}\n`);
}

const groupOf = ({ apiVersion }: KubeObject): string => (apiVersion.includes('/') ? apiVersion.split('/')[0]! : '');

function* change(call: Call, found: Found, { set, removed }: Changes, kind: Kind): Doing<void> {
  const { object, resource } = found;
  const { flags, kubectl } = call;
  const before = object.metadata[kind.field] ?? {};
  const overwrite = flags.on('overwrite');
  const taken = overwrite ? [] : Object.keys(set).filter((key) => key in before && before[key] !== set[key]);
  if (taken.length > 0) {
    const texts = taken.map((key) => `'${key}' already has a value (${before[key]})`);
    throw failed(
      kind.word === 'label'
        ? `${texts[0]}, and --overwrite is false`
        : `--overwrite is false but found the following declared annotation(s): ${texts.join('; ')}`,
    );
  }
  const after: Record<string, string> = { ...before, ...set };
  for (const key of removed) {
    if (kind.word === 'label' && !(key in before)) kubectl.out(`label ${JSON.stringify(key)} not found.\n`);
    delete after[key];
  }
  const same = deepEqual(before, after);
  const word =
    kind.word !== 'label'
      ? 'annotated'
      : same
        ? 'not labeled'
        : Object.keys(after).length < Object.keys(before).length && !overwrite
          ? 'unlabeled'
          : 'labeled';
  let changed = { ...object, metadata: { ...object.metadata, [kind.field]: after } } as KubeObject;
  if (dryRunOf(call) !== 'client' && !flags.on('local') && !(same && kind.word === 'label')) {
    const values: Record<string, string | null> = { ...set };
    for (const key of removed) values[key] = null;
    const version = flags.text('resource-version');
    const metadata = { [kind.field]: values, ...(version === '' ? {} : { resourceVersion: version }) };
    const manager = `kubectl-${kind.word === 'label' ? 'label' : 'annotate'}`;
    changed = yield* want<KubeObject>(call, patchRequest(call, found, 'merge', { metadata }, manager));
  }
  const printer = yield* printerOf(flags);
  kubectl.out(
    printer === null
      ? `${kindText(resource)}/${object.metadata.name} ${word}${dryRunSuffix(call)}\n`
      : printer.prints(changed as unknown as JsonObject),
  );
}

export const labelCommand = labelling({ field: 'labels', word: 'label' });
export const annotateCommand = labelling({ field: 'annotations', word: 'annotation' });
