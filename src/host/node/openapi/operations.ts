/**
 * The paths of a resource with what can be asked of each.
 *
 * @source kubernetes apiserver/pkg/endpoints/{installer,openapi/openapi}.go
 */
import type { ResourceInfo } from '#engine/api/registry';
import type { Dialect, Json } from '#engine/api/openapi/models';
import type { Schemas } from '#engine/api/openapi/schemas';

interface Parameter {
  readonly name: string;
  readonly type: 'boolean' | 'integer' | 'string';
  readonly description: string;
}

const parameter = (name: string, description: string, type: Parameter['type'] = 'string'): Parameter => ({
  name,
  type,
  description,
});

const PRETTY = parameter('pretty', 'Whether the answer is indented for reading.');
const DRY_RUN = parameter('dryRun', 'With the value All nothing is stored; all else is done as without it.');
const MANAGER = parameter('fieldManager', 'The name of the actor or entity that makes these changes.');
const VALIDATION = parameter(
  'fieldValidation',
  'What becomes of unknown and duplicate fields: Ignore, Warn or Strict.',
);
const FORCE = parameter('force', 'Server-side apply takes over fields that others manage.', 'boolean');
const LIST: readonly Parameter[] = [
  parameter('allowWatchBookmarks', 'The watch may be told how far it is by events of type BOOKMARK.', 'boolean'),
  parameter('continue', 'Where a list that came in parts goes on.'),
  parameter('fieldSelector', 'Restricts the list to objects with these values of their fields.'),
  parameter('labelSelector', 'Restricts the list to objects with these labels.'),
  parameter('limit', 'How many objects a list has at most.', 'integer'),
  parameter('resourceVersion', 'As of which version the answer is.'),
  parameter('resourceVersionMatch', 'How resourceVersion is applied to a list.'),
  parameter('sendInitialEvents', 'The watch begins with what there is.', 'boolean'),
  parameter('timeoutSeconds', 'After how many seconds a list or watch ends.', 'integer'),
  parameter('watch', 'Watch for changes instead of listing.', 'boolean'),
];
const DELETE: readonly Parameter[] = [
  parameter('gracePeriodSeconds', 'Seconds until the object is deleted; 0 means at once.', 'integer'),
  parameter('orphanDependents', 'Deprecated: use propagationPolicy.', 'boolean'),
  parameter('propagationPolicy', 'What becomes of dependents: Orphan, Background or Foreground.'),
];

const READ_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const STREAM_TYPES = ['application/json;stream=watch', 'application/vnd.kubernetes.protobuf;stream=watch'];
const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const TYPES = { read: READ_TYPES, stream: STREAM_TYPES, patch: PATCH_TYPES };
/** Objects without a schema of the program's have no protobuf, and no strategic merge. */
export const CUSTOM_TYPES: typeof TYPES = {
  read: ['application/json', 'application/yaml'],
  stream: [],
  patch: PATCH_TYPES.filter((type) => !type.includes('strategic')),
};

interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly action: string;
  /** What the operation's id begins with. */
  readonly word: string;
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly body?: 'object' | 'patch' | 'options';
  readonly answers: 'object' | 'list' | 'status';
}

const COLLECTION: Readonly<Record<string, Operation>> = {
  list: {
    method: 'get',
    action: 'list',
    word: 'list',
    text: 'list or watch objects of kind',
    parameters: LIST,
    answers: 'list',
  },
  create: {
    method: 'post',
    action: 'post',
    word: 'create',
    text: 'create a',
    parameters: [DRY_RUN, MANAGER, VALIDATION],
    body: 'object',
    answers: 'object',
  },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    word: 'delete',
    text: 'delete collection of',
    parameters: [...LIST, DRY_RUN, ...DELETE],
    body: 'options',
    answers: 'status',
  },
};
const OBJECT: Readonly<Record<string, Operation>> = {
  get: { method: 'get', action: 'get', word: 'read', text: 'read the specified', parameters: [], answers: 'object' },
  update: {
    method: 'put',
    action: 'put',
    word: 'replace',
    text: 'replace the specified',
    parameters: [DRY_RUN, MANAGER, VALIDATION],
    body: 'object',
    answers: 'object',
  },
  patch: {
    method: 'patch',
    action: 'patch',
    word: 'patch',
    text: 'partially update the specified',
    parameters: [DRY_RUN, MANAGER, VALIDATION, FORCE],
    body: 'patch',
    answers: 'object',
  },
  delete: {
    method: 'delete',
    action: 'delete',
    word: 'delete',
    text: 'delete a',
    parameters: [DRY_RUN, ...DELETE],
    body: 'options',
    answers: 'status',
  },
};
/** Subresources that are the object itself, or part of it. */
const SUBRESOURCES: Readonly<Record<string, { readonly type?: string; readonly verbs: readonly string[] }>> = {
  status: { verbs: ['get', 'update', 'patch'] },
  scale: { type: 'Scale', verbs: ['get', 'update', 'patch'] },
  approval: { verbs: ['get', 'update', 'patch'] },
  ephemeralcontainers: { verbs: ['get', 'update', 'patch'] },
  resize: { verbs: ['get', 'update', 'patch'] },
  finalize: { verbs: ['update'] },
  binding: { type: 'Binding', verbs: ['create'] },
  eviction: { type: 'Eviction', verbs: ['create'] },
  token: { type: 'authentication.TokenRequest', verbs: ['create'] },
};
const GVK_OF: Readonly<Record<string, Json>> = {
  Scale: { group: 'autoscaling', kind: 'Scale', version: 'v1' },
  Binding: { group: '', kind: 'Binding', version: 'v1' },
  Eviction: { group: 'policy', kind: 'Eviction', version: 'v1' },
  'authentication.TokenRequest': { group: 'authentication.k8s.io', kind: 'TokenRequest', version: 'v1' },
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const groupWords = (group: string): string[] => (group === '' ? ['core'] : group.replace('.k8s.io', '').split('.'));

/** A resource, with the name of its type. */
export interface Described extends Pick<
  ResourceInfo,
  'group' | 'version' | 'kind' | 'resource' | 'namespaced' | 'verbs' | 'subresources' | 'schema'
> {
  /** What it is sent and answered in; absent: in all forms that there are. */
  readonly types?: {
    readonly read: readonly string[];
    readonly stream: readonly string[];
    readonly patch: readonly string[];
  };
}

/** Where and of what an operation is. */
interface Place {
  readonly info: Described;
  readonly namespaced: boolean;
  readonly everywhere: boolean;
  readonly subresource: string;
  readonly collection: boolean;
}

export class Operations {
  readonly #schemas: Schemas;
  readonly #dialect: Dialect;

  constructor(schemas: Schemas, dialect: Dialect) {
    this.#schemas = schemas;
    this.#dialect = dialect;
  }

  /** The path items of a resource. */
  pathsOf(info: Described): Json {
    const { group, version, resource, namespaced } = info;
    const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const base = namespaced ? `${root}/namespaces/{namespace}/${resource}` : `${root}/${resource}`;
    const common = { info, namespaced, everywhere: false, subresource: '' };
    const paths: Record<string, Json> = {};
    const add = (path: string, item: Json | null): void => {
      if (item !== null) paths[path] = item;
    };
    if (namespaced && info.verbs.includes('list'))
      add(`${root}/${resource}`, this.#item(COLLECTION, ['list'], { ...common, everywhere: true, collection: true }));
    add(base, this.#item(COLLECTION, info.verbs, { ...common, collection: true }));
    add(`${base}/{name}`, this.#item(OBJECT, info.verbs, { ...common, collection: false }));
    for (const subresource of info.subresources) {
      const verbs = SUBRESOURCES[subresource]?.verbs ?? [];
      const place = { ...common, collection: false, subresource };
      const operations = verbs.includes('create') ? COLLECTION : OBJECT;
      add(`${base}/{name}/${subresource}`, this.#item(operations, verbs, place));
    }
    return paths;
  }

  #item(operations: Readonly<Record<string, Operation>>, verbs: readonly string[], place: Place): Json | null {
    const entries = Object.entries(operations)
      .filter(([verb]) => verbs.includes(verb))
      .map(([, operation]) => [operation.method, this.#operation(operation, place)] as const);
    if (entries.length === 0) return null;
    const { namespaced, everywhere, collection, info } = place;
    const inPath = [
      ...(collection ? [] : [this.#pathParameter('name', `name of the ${info.kind}`)]),
      ...(namespaced && !everywhere
        ? [this.#pathParameter('namespace', 'object name and auth scope, such as for teams and projects')]
        : []),
    ];
    return { ...Object.fromEntries(entries), parameters: [...inPath, this.#query(PRETTY)] };
  }

  #operation(operation: Operation, place: Place): Json {
    const { info, subresource, everywhere, namespaced } = place;
    const { type = info.schema } = SUBRESOURCES[subresource] ?? {};
    const words = [...groupWords(info.group), info.version].map(capital).join('');
    const scope = `${operation.action === 'deletecollection' ? 'Collection' : ''}${namespaced && !everywhere ? 'Namespaced' : ''}`;
    const what = `${info.kind}${capital(subresource)}${everywhere ? 'ForAllNamespaces' : ''}`;
    const of = subresource === '' ? '' : `${subresource} of `;
    const [first = '', ...rest] = groupWords(info.group);
    const gvk = GVK_OF[type] ?? { group: info.group, kind: info.kind, version: info.version };
    const result =
      operation.answers === 'list'
        ? this.#schemas.listOf(info.schema, { group: info.group, version: info.version, kind: info.kind })
        : this.#schemas.reference(operation.answers === 'status' ? 'Status' : type);
    const { read, stream } = info.types ?? TYPES;
    const types = operation.answers === 'list' ? [...read, ...stream] : read;
    const codes =
      operation.method === 'post' ? ['200', '201', '202'] : operation.method === 'get' ? ['200'] : ['200', '201'];
    const texts: Readonly<Record<string, string>> = { '200': 'OK', '201': 'Created', '202': 'Accepted' };
    const parameters = operation.parameters.map((each) => this.#query(each));
    const answer = (code: string): Json =>
      this.#dialect === 'v3'
        ? { description: texts[code], content: contents(types, result) }
        : { description: texts[code], schema: result };
    return {
      ...this.#body(operation, place, type, parameters),
      description: `${operation.text.replace('the specified', of === '' ? 'the specified' : `${of}the specified`)} ${info.kind}`,
      operationId: `${operation.word}${words}${scope}${what}`,
      responses: {
        ...Object.fromEntries(codes.map((code) => [code, answer(code)])),
        '401': { description: 'Unauthorized' },
      },
      ...(this.#dialect === 'v2' ? { schemes: ['https'], produces: types } : {}),
      tags: [`${first}${rest.map(capital).join('')}_${info.version}`],
      'x-kubernetes-action': operation.action,
      'x-kubernetes-group-version-kind': gvk,
    };
  }

  #body({ body }: Operation, { info }: Place, type: string, parameters: readonly Json[]): Json {
    if (body === undefined) return parameters.length === 0 ? {} : { parameters };
    const schema = body === 'patch' ? PATCH : this.#schemas.reference(body === 'options' ? 'DeleteOptions' : type);
    const { patch, read } = info.types ?? TYPES;
    const types = body === 'patch' ? patch : read;
    const required = body !== 'options';
    return this.#dialect === 'v3'
      ? { parameters, requestBody: { content: contents(types, schema), ...(required ? { required } : {}) } }
      : {
          consumes: types,
          parameters: [{ name: 'body', in: 'body', ...(required ? { required } : {}), schema }, ...parameters],
        };
  }

  #query({ name, type, description }: Parameter): Json {
    const schema = { type, uniqueItems: true };
    return { name, in: 'query', description, ...(this.#dialect === 'v3' ? { schema } : schema) };
  }

  #pathParameter(name: string, description: string): Json {
    const schema = { type: 'string', uniqueItems: true };
    return { name, in: 'path', description, required: true, ...(this.#dialect === 'v3' ? { schema } : schema) };
  }
}

/** A patch may be anything. */
const PATCH: Json = {
  description: 'Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.',
  type: 'object',
};

const contents = (types: readonly string[], schema: Json): Json =>
  Object.fromEntries(types.map((type) => [type, { schema }]));
