/** `kubectl wait`. @source kubernetes kubectl/pkg/cmd/wait/{wait,condition,json,delete,create}.go */
import type { JsonObject } from '#engine/api/json';
import type { KubeObject } from '#engine/api/types';
import { type Micros, SECOND } from '#engine/kernel/time';
import { type Call, failed } from '../call/context';
import { kindText } from '../call/discovery';
import { type Doing, Failure } from '../call/effects';
import { Failures } from '../call/errors';
import { type Found, fetched, givenObjects, hasFiles, selectors, type Target, targetsOf } from '../call/targets';
import { watchObject } from '../call/watching';
import { JsonPathError, parseTemplate, relaxedPath, templateValues } from '../output/json-path';
import { cellText } from '../output/printing';
import type { Command } from './command';
import { waitUntilGone } from './delete';

type Holds = (object: KubeObject) => boolean;

const A_WEEK: Micros = 168 * 3600 * SECOND;

export const waitCommand: Command = {
  *run(call) {
    const { flags } = call;
    const wanted = flags.text('for');
    if (wanted === '') throw failed('unrecognized condition: ""');
    const timeout = flags.span('timeout', 30 * SECOND);
    const within = timeout < 0 ? A_WEEK : timeout;
    const isDeletion = wanted.toLowerCase() === 'delete';
    const isCreation = wanted.toLowerCase() === 'create';
    const holds = isDeletion || isCreation ? () => true : conditionOf(wanted);
    const failures = new Failures();
    const targets: readonly Target[] = hasFiles(call)
      ? yield* givenObjects(call, failures)
      : yield* targetsOf(call, flags.args, {
          allNamespaces: flags.on('all-namespaces'),
          selector: flags.text('selector'),
        });
    let any = false;
    for (const target of targets) {
      try {
        for (const one of yield* found(call, target, isDeletion || isCreation)) {
          any = true;
          yield* waitFor(call, one, isDeletion, isCreation, holds, within);
        }
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        any = true;
        failures.add(error);
      }
    }
    if (!any && !failures.any && !isDeletion) throw failed('no matching resources found');
    failures.tell();
    return 0;
  },
};

/** What there is; of an object that is waited to be gone, or to come, nothing is all right. */
function* found(call: Call, target: Target, mayBeMissing: boolean): Doing<readonly Found[]> {
  try {
    return yield* fetched(call, target, target.name === null ? selectors(call) : {});
  } catch (error) {
    if (!(error instanceof Failure) || error.status?.code !== 404 || !mayBeMissing || target.name === null) throw error;
    if (call.flags.text('for').toLowerCase() === 'delete') return [];
    return [{ ...target, name: target.name, object: {} as KubeObject }];
  }
}

function* waitFor(
  call: Call,
  one: Found,
  isDeletion: boolean,
  isCreation: boolean,
  holds: Holds,
  within: Micros,
): Doing<void> {
  const { resource, name, object } = one;
  const late = (): Failure =>
    within === 0
      ? failed(`condition not met for ${resource.resource}/${name}`)
      : failed(`timed out waiting for the condition on ${resource.resource}/${name}`);
  if (isDeletion) {
    if (!(yield* waitUntilGone(call, one, object.metadata.uid ?? '', within))) throw late();
  } else {
    const state = { gone: false };
    const ended = yield* watchObject(
      call,
      one,
      state,
      (memory, type, seen) => {
        if (seen === null) return false;
        memory.gone = type === 'DELETED';
        return isCreation || (type !== 'DELETED' && holds(seen));
      },
      within,
    );
    if (ended === 'late') throw late();
  }
  call.kubectl.out(
    call.flags.text('output') === 'name'
      ? `${kindText(resource)}/${name}\n`
      : `${kindText(resource)}/${name} condition met\n`,
  );
}

interface Conditioned {
  readonly metadata: { readonly generation?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

/** What `--for` says. */
function conditionOf(text: string): Holds {
  if (text.startsWith('condition=')) {
    const [name = '', wanted = 'true'] = text.slice('condition='.length).split('=');
    return (object) => {
      const { metadata, status } = object as unknown as Conditioned;
      const condition = status?.conditions?.find(({ type }) => type.toLowerCase() === name.toLowerCase());
      if (condition === undefined) return false;
      const observed = condition.observedGeneration ?? status?.observedGeneration;
      if (observed !== undefined && observed < (metadata.generation ?? 0)) return false;
      return condition.status.toLowerCase() === wanted.toLowerCase();
    };
  }
  if (text.startsWith('jsonpath=')) {
    const rest = text.slice('jsonpath='.length);
    const [, path = '', value] = /^(\{[^}]*\}|[^=]*)(?:=([\s\S]*))?$/.exec(rest) ?? [];
    const template = parseTemplate(relaxedPath(path.replace(/^'|'$/g, '')));
    const wanted = value?.replace(/^(['"])(.*)\1$/, '$2');
    return (object) => {
      const values = valuesIn(template, object as unknown as JsonObject);
      if (wanted === undefined) return values.length > 0;
      if (values.length > 1) throw failed('given jsonpath expression matches more than one value');
      return values.length === 1 && cellText(values[0]!) === wanted;
    };
  }
  throw failed(`unrecognized condition: ${JSON.stringify(text)}`);
}

function valuesIn(template: ReturnType<typeof parseTemplate>, object: JsonObject) {
  try {
    return templateValues(template, object);
  } catch (error) {
    if (error instanceof JsonPathError) return [];
    throw error;
  }
}
