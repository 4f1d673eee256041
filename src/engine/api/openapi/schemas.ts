/**
 * The schemas of OpenAPI documents, from the models and from how the engine merges lists.
 *
 * @source kubernetes api/openapi-spec/{swagger.json,v3}, kube-openapi pkg/{builder,builder3}
 */
import { isAtomicAt, listTypeOf, patchStrategyOf } from '../list-types';
import type { CustomModel } from '../custom/custom-model';
import { listSchemaOf, type References, schemaOf, typeNameOf } from './custom';
import type { Dialect, GroupVersionKind, Json, Model, Models } from './models';
import { optional } from './models';

const ANYTHING: Json = { type: 'object' };
const SCALARS: Readonly<Record<string, Json>> = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  f: { type: 'number', format: 'double' },
  y: { type: 'string', format: 'byte' },
  '*': ANYTHING,
};

/** The zero of a required scalar, which the third version tells. */
const ZEROS: Readonly<Record<string, unknown>> = { s: '', b: false, i: 0, l: 0, f: 0 };

export class Schemas {
  readonly #models: Models;
  readonly #dialect: Dialect;
  readonly #byName = new Map<string, Json>();
  readonly #kinds: ReadonlyMap<string, readonly GroupVersionKind[]>;
  /** By the names of their types. */
  readonly #custom: ReadonlyMap<string, CustomModel>;

  /** @param kinds - by the name of the type in the engine's schema: what it is served as */
  constructor(
    models: Models,
    dialect: Dialect,
    kinds: ReadonlyMap<string, readonly GroupVersionKind[]>,
    custom: readonly CustomModel[],
  ) {
    this.#models = models;
    this.#dialect = dialect;
    this.#kinds = kinds;
    this.#custom = new Map(custom.map((model) => [typeNameOf(model), model]));
  }

  /** All schemas that were referred to so far, by their full names, in order. */
  all(): Json {
    return Object.fromEntries([...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** A reference to the schema of a type, which is thereby part of the document. */
  reference(type: string): Json {
    const custom = this.#custom.get(type);
    if (custom !== undefined) return this.#customType(type, custom);
    const model = this.#models[type];
    if (model === undefined) return ANYTHING;
    if (!this.#byName.has(model.name)) {
      this.#byName.set(model.name, {});
      this.#byName.set(model.name, this.#schemaOf(type, model));
    }
    return this.#referTo(model.name);
  }

  /** A reference to the list of a kind. */
  listOf(type: string, { group, version, kind }: GroupVersionKind): Json {
    const custom = this.#custom.get(type);
    const model = this.#models[type];
    const item = this.reference(type);
    if (custom !== undefined) {
      const listType = typeNameOf({ ...custom, kind: custom.listKind });
      this.#byName.set(listType, listSchemaOf(custom, this.#dialect, this.#references(item)));
      return this.#referTo(listType);
    }
    if (model === undefined) return item;
    const name = `${model.name}List`;
    if (!this.#byName.has(name)) {
      const meta = this.#models['ObjectMeta']?.fields ?? {};
      this.#byName.set(name, {
        description: `${kind}List is a list of ${kind} objects.`,
        type: 'object',
        required: ['items'],
        properties: {
          apiVersion: { ...SCALARS['s'], ...this.#said(model, 'apiVersion') },
          items: { description: `items is the list of ${kind} objects.`, type: 'array', items: this.#element(item) },
          kind: { ...SCALARS['s'], ...this.#said(model, 'kind') },
          metadata: { ...this.#field(this.reference('ListMeta')), ...optional('description', meta['metadata']?.[1]) },
        },
        'x-kubernetes-group-version-kind': [{ group, kind: `${kind}List`, version }],
      });
    }
    return this.#referTo(name);
  }

  #customType(type: string, custom: CustomModel): Json {
    const own = this.#referTo(type);
    if (!this.#byName.has(type)) this.#byName.set(type, schemaOf(custom, this.#dialect, this.#references(own)));
    return own;
  }

  #references(own: Json): References {
    return { own, objectMeta: this.reference('ObjectMeta'), listMeta: this.reference('ListMeta') };
  }

  #said(model: Model, field: string): Json {
    return optional('description', model.fields[field]?.[1]);
  }

  #referTo(name: string): Json {
    return { $ref: this.#dialect === 'v2' ? `#/definitions/${name}` : `#/components/schemas/${name}` };
  }

  /** A reference that stands where more is said: the third version allows nothing beside it. */
  #field(reference: Json): Json {
    return this.#dialect === 'v3' && '$ref' in reference ? { allOf: [reference] } : reference;
  }

  #element(reference: Json): Json {
    return this.#dialect === 'v3' && '$ref' in reference ? { allOf: [reference], default: {} } : reference;
  }

  #schemaOf(type: string, model: Model): Json {
    if (type in SCALAR_TYPES) return { description: model.description, ...this.#scalarType(type) };
    const properties = Object.entries(model.fields).map(([field, [code, description, values]]) => {
      const required = model.required.includes(field);
      const schema = this.#property(type, field, code);
      const zero = this.#dialect === 'v3' && required && code in ZEROS ? { default: ZEROS[code] } : {};
      return [
        field,
        {
          ...(description === '' ? {} : { description }),
          ...schema,
          ...zero,
          ...optional('enum', values),
          ...extensions(type, field, code),
        },
      ] as const;
    });
    const kinds = this.#kinds.get(type);
    return {
      ...(model.description === '' ? {} : { description: model.description }),
      type: 'object',
      ...(model.required.length === 0 ? {} : { required: model.required }),
      ...(properties.length === 0 ? {} : { properties: Object.fromEntries(properties) }),
      ...optional('x-kubernetes-group-version-kind', kinds),
      ...(isAtomicAt('', '', type) ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    };
  }

  #scalarType(code: string): Json {
    const { union, ...plain } = (SCALAR_TYPES[code] ?? {}) as Json & { readonly union?: unknown };
    if (union === undefined) return plain;
    return this.#dialect === 'v3' ? { oneOf: union } : { type: 'string', ...plain };
  }

  #property(type: string, field: string, code: string): Json {
    if (code[0] === '[') return { type: 'array', items: this.#inner(type, field, code.slice(1)) };
    if (code[0] === '{') return { type: 'object', additionalProperties: this.#inner(type, field, code.slice(1)) };
    return SCALARS[code] ?? this.#field(this.reference(code));
  }

  #inner(type: string, field: string, code: string): Json {
    if (code[0] === '[' || code[0] === '{') return this.#property(type, field, code);
    const scalar = SCALARS[code];
    if (scalar !== undefined)
      return this.#dialect === 'v3' && code in ZEROS ? { ...scalar, default: ZEROS[code] } : scalar;
    return this.#element(this.reference(code));
  }
}

/** Types that are texts or numbers in JSON, by their code. */
const SCALAR_TYPES: Readonly<Record<string, Json>> = {
  q: { type: 'string', union: [{ type: 'string' }, { type: 'number' }] },
  x: { format: 'int-or-string', union: [{ type: 'integer' }, { type: 'string' }] },
  t: { type: 'string', format: 'date-time' },
  m: { type: 'string', format: 'date-time' },
};

/** How a field merges. */
function extensions(type: string, field: string, code: string): Json {
  const { merge, key, retainKeys } = patchStrategyOf(type, field);
  const strategy = [...(merge === true ? ['merge'] : []), ...(retainKeys === true ? ['retainKeys'] : [])].join(',');
  const patch = {
    ...optional('x-kubernetes-patch-merge-key', key),
    ...(strategy === '' ? {} : { 'x-kubernetes-patch-strategy': strategy }),
  };
  if (code[0] !== '[') {
    const atomic = code[0] === '{' && isAtomicAt(type, field, code);
    return { ...(atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}), ...patch };
  }
  const list = listTypeOf(type, field);
  const keys = list.type === 'map' ? { 'x-kubernetes-list-map-keys': list.keys } : {};
  return { ...keys, 'x-kubernetes-list-type': list.type, ...patch };
}
