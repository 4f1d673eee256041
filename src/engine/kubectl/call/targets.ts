/**
 * What a command line means by its resources: `pods`, `pod web`, `pod/web svc/web`, `-f web.yaml`.
 *
 * @source kubernetes cli-runtime/pkg/resource/{builder,visitor}.go
 */
import type { JsonObject } from '#engine/api/json';
import { isJsonObject } from '#engine/api/json';
import { parseManifest } from '#engine/api/manifest';
import type { ManifestDocument } from '#engine/api/manifest-document';
import type { KubeObject } from '#engine/api/types';
import { jsonProblem } from './json-problem';
import { ask, type Call, failed, listRefusal, want } from './context';
import {
  listedText,
  pathOf,
  type Resource,
  resourceFor,
  resourceOfKind,
  resourcesFor,
  resourceText,
} from './discovery';
import { type Doing, Failure, filesIn, readFile, stdin } from './effects';
import type { Failures } from './errors';
import { kustomized } from '../commands/kustomize';

/** A collection, or one object of it. */
export interface Target {
  readonly resource: Resource;
  /** Empty: none, or all of them. */
  readonly namespace: string;
  /** Null: all that a selector says. */
  readonly name: string | null;
}

export interface Named extends Target {
  readonly name: string;
}

/** An object that is there, and where it was asked for. */
export interface Found extends Named {
  readonly object: KubeObject;
}

/** An object of a manifest. */
export interface Given extends Named {
  readonly object: JsonObject & KubeObject;
  /** What errors call the file. */
  readonly source: string;
  readonly document: ManifestDocument;
}

const NOTHING_GIVEN =
  "error: You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

export const nothingGiven = (): Failure => new Failure(NOTHING_GIVEN);

export function* targetsOf(
  call: Call,
  args: readonly string[],
  { allNamespaces = false, selector = '' }: { readonly allNamespaces?: boolean; readonly selector?: string } = {},
): Doing<readonly Target[]> {
  if (args.length === 0) throw nothingGiven();
  const namespaceOf = ({ namespaced }: Resource): string => (namespaced && !allNamespaces ? call.namespace : '');
  const slashes = args.filter((arg) => arg.includes('/')).length;
  if (slashes > 0) {
    if (slashes !== args.length)
      throw failed(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
      );
    if (allNamespaces) throw failed('a resource cannot be retrieved by name across all namespaces');
    if (selector !== '') throw failed('name cannot be provided when a selector is specified');
    const targets: Target[] = [];
    for (const arg of args) {
      const parts = arg.split('/');
      if (parts.length !== 2 || parts[0] === '' || parts[1] === '')
        throw failed('arguments in resource/name form must have a single resource and name');
      const resource = yield* resourceFor(call, parts[0]!);
      targets.push({ resource, namespace: namespaceOf(resource), name: parts[1]! });
    }
    return targets;
  }
  const [types = '', ...names] = args;
  const resources: Resource[] = [];
  for (const type of types.split(',')) {
    if (type === '') throw failed(`arguments in resource/name form may not have more than one slash`);
    for (const one of yield* resourcesFor(call, type)) if (!resources.includes(one)) resources.push(one);
  }
  if (names.length === 0)
    return resources.map((resource) => ({ resource, namespace: namespaceOf(resource), name: null }));
  if (selector !== '') throw failed('name cannot be provided when a selector is specified');
  if (allNamespaces) throw failed('a resource cannot be retrieved by name across all namespaces');
  return resources.flatMap((resource) => names.map((name) => ({ resource, namespace: namespaceOf(resource), name })));
}

/** Reads an object, or what a collection has. */
export function* fetched(
  call: Call,
  target: Target,
  query: Readonly<Record<string, string>> = {},
): Doing<readonly Found[]> {
  const { resource, namespace, name } = target;
  const path = pathOf(resource, namespace, name ?? '');
  if (name !== null) {
    const object = yield* want<KubeObject>(call, { method: 'GET', path });
    return [{ resource, namespace, name, object }];
  }
  const found: Found[] = [];
  for (let more = ''; ;) {
    const asked: Readonly<Record<string, string>> = {
      ...query,
      limit: '500',
      ...(more === '' ? {} : { continue: more }),
    };
    const reply = yield* ask(call, { method: 'GET', path, query: asked });
    if (!reply.ok) throw listRefusal(reply, listedText(resource), query, resourceText(resource));
    const list = reply.body as {
      readonly items?: readonly KubeObject[];
      readonly metadata: { readonly continue?: string };
    };
    for (const object of list.items ?? [])
      found.push({
        resource,
        namespace: object.metadata.namespace ?? '',
        name: object.metadata.name,
        object:
          object.kind === undefined ? { ...object, apiVersion: resource.apiVersion, kind: resource.kind } : object,
      });
    more = list.metadata.continue ?? '';
    if (more === '') return found;
  }
}

/** The selectors of the flags, as parameters. */
export const selectors = (call: Call): Readonly<Record<string, string>> => ({
  ...(call.flags.text('selector') === '' ? {} : { labelSelector: call.flags.text('selector') }),
  ...(call.flags.text('field-selector') === '' ? {} : { fieldSelector: call.flags.text('field-selector') }),
});

/** All objects that arguments and files mean, as they are on the server; what fails is noted and left out. */
export function* objectsOf(
  call: Call,
  args: readonly string[],
  failures: Failures,
  all = false,
): Doing<readonly Found[]> {
  const found: Found[] = [];
  const targets = hasFiles(call)
    ? yield* givenTargets(call, failures)
    : yield* targetsOf(call, args, {
        allNamespaces: call.flags.on('all-namespaces'),
        selector: call.flags.text('selector'),
      });
  for (const target of targets) {
    if (
      target.name === null &&
      !all &&
      call.flags.text('selector') === '' &&
      call.flags.text('field-selector') === '' &&
      !call.flags.on('all')
    )
      throw failed('resource(s) were provided, but no name was specified');
    try {
      found.push(...(yield* fetched(call, target, target.name === null ? selectors(call) : {})));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.add(error);
    }
  }
  return found;
}

export const hasFiles = ({ flags }: Call): boolean => flags.has('filename') || flags.text('kustomize') !== '';

function* givenTargets(call: Call, failures: Failures): Doing<readonly Target[]> {
  const given = yield* givenObjects(call, failures);
  return given.map(({ resource, namespace, name }) => ({ resource, namespace, name }));
}

/** The objects of the files that the flags name. */
export function* givenObjects(call: Call, failures: Failures, named = true): Doing<readonly Given[]> {
  const given: Given[] = [];
  for (const { source, document } of yield* documentsOf(call)) {
    try {
      given.push(yield* givenOf(call, source, document, named));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failures.add(error);
    }
  }
  return given;
}

interface Sourced {
  readonly source: string;
  readonly document: ManifestDocument;
}

function* documentsOf(call: Call): Doing<readonly Sourced[]> {
  const { flags } = call;
  const folder = flags.text('kustomize');
  if (folder !== '' && flags.has('filename')) throw failed('only one of -f or -k can be specified');
  if (folder !== '') {
    const text = yield* kustomized(call, folder);
    return parsed(text, 'STDIN');
  }
  const found: Sourced[] = [];
  for (const path of flags.list('filename')) {
    if (path === '-') {
      found.push(...parsed(yield* stdin(), 'STDIN'));
      continue;
    }
    if (/^https?:\/\//.test(path))
      throw failed(`unable to read URL ${JSON.stringify(path)}, the laptop has no way to the internet`);
    const text = yield* readFile(path);
    if (text !== null) {
      found.push(...parsed(text, path));
      continue;
    }
    const below = yield* filesIn(path);
    const recursive = flags.on('recursive');
    const wanted = below.filter((file) => /\.(json|ya?ml)$/.test(file) && (recursive || !file.includes('/')));
    if (below.length === 0) throw failed(`the path ${JSON.stringify(path)} does not exist`);
    if (wanted.length === 0) throw failed(`error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
    for (const file of wanted) {
      const name = `${path.replace(/\/$/, '')}/${file}`;
      found.push(...parsed((yield* readFile(name)) ?? '', name));
    }
  }
  return found;
}

function parsed(text: string, source: string): Sourced[] {
  const manifest = parseManifest(text, source);
  if (!manifest.ok) {
    // What looks like JSON, and is no YAML either, is told of as JSON.
    const problem = /^\s*\{/.test(text) ? jsonProblem(text) : null;
    throw new Failure(problem === null ? manifest.error.message : `error: error parsing ${source}: ${problem}`);
  }
  return manifest.documents.map((document) => ({ source, document }));
}

function* givenOf(call: Call, source: string, document: ManifestDocument, named: boolean): Doing<Given> {
  const object = document.object as JsonObject & KubeObject;
  const { apiVersion, kind } = object;
  if (!apiVersion || !kind) {
    if (call.flags.text('validate', 'true') !== 'false' && call.flags.has('validate') === call.flags.has('validate')) {
      const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
      const text = missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]`;
      throw failed(
        `error validating ${JSON.stringify(source)}: error validating data: ${text}; if you choose to ignore these errors, turn validation off with --validate=false`,
      );
    }
    throw failed(
      `unable to decode ${JSON.stringify(source)}: Object '${kind ? 'apiVersion' : 'Kind'}' is missing in '${JSON.stringify(object)}'`,
    );
  }
  const metadata = isJsonObject(object.metadata) ? object.metadata : ({} as KubeObject['metadata']);
  const resource = yield* resourceOfKind(call, apiVersion, kind);
  const { name = '', namespace = '' } = metadata as Partial<KubeObject['metadata']>;
  if (resource === null)
    throw failed(
      `resource mapping not found for name: "${name}" namespace: "${namespace}" from ${JSON.stringify(source)}: no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  if (resource.namespaced && call.namespaceGiven && namespace !== '' && namespace !== call.namespace)
    throw failed(
      `the namespace from the provided object "${namespace}" does not match the namespace "${call.namespace}". You must pass '--namespace=${namespace}' to perform this operation.`,
    );
  const place = resource.namespaced ? namespace || call.namespace : '';
  const placed = resource.namespaced ? { ...metadata, namespace: place } : metadata;
  if (named && name === '' && metadata.generateName === undefined) throw failed('resource name may not be empty');
  return {
    resource,
    namespace: place,
    name,
    object: { ...object, metadata: placed } as Given['object'],
    source,
    document,
  };
}
