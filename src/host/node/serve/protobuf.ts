/**
 * Request bodies in Kubernetes' protobuf, as typed Go clients send them since 1.33, read as the JSON that they stand for.
 *
 * @source kubernetes apimachinery/pkg/runtime/serializer/protobuf/protobuf.go (envelope), the `generated.proto` of each group
 */
import { MESSAGES } from './protobuf.generated';

export const PROTOBUF = 'application/vnd.kubernetes.protobuf';

const MAGIC = Buffer.from('k8s\0', 'latin1');

interface Field {
  readonly name: string;
  /** s text, y bytes, i integer, b truth, d number, or the name of a message. */
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
}

const lines = new Map(
  MESSAGES.trim()
    .split('\n')
    .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
);
const parsed = new Map<string, ReadonlyMap<number, Field>>();

function fieldsOf(message: string): ReadonlyMap<number, Field> {
  const known = parsed.get(message);
  if (known !== undefined) return known;
  const line = lines.get(message);
  if (line === undefined) throw new Error(`no message ${message}`);
  const fields = new Map(
    line.split(',').map((text): [number, Field] => {
      const [number = '', name = '', type = ''] = text.split(' ');
      const bare = type.replace(/^\{|\*$/g, '');
      return [
        Number(number),
        { name: RENAMED[name] ?? name, type: bare, repeated: type.endsWith('*'), map: type.startsWith('{') },
      ];
    }),
  );
  parsed.set(message, fields);
  return fields;
}

/** All messages, each with the names that its fields have in JSON. */
export const fieldNames = (): (readonly [string, readonly string[]])[] =>
  [...lines].map(([message, line]) => [
    message,
    line === '' ? [] : [...fieldsOf(message).values()].map(({ name }) => name),
  ]);

/** Fields of Go structs that stand in their parent without a name in JSON. */
export const INLINE: ReadonlySet<string> = new Set([
  'volumeSource',
  'persistentVolumeSource',
  'handler',
  'ingressRuleValue',
  'localObjectReference',
  'ephemeralContainerCommon',
  'rule',
  'ruleWithOperations',
]);

/** Fields that have another name in JSON. */
const RENAMED: Readonly<Record<string, string>> = {
  aPIGroup: 'apiGroup',
  uID: 'uid',
  Expression: 'expression',
  Name: 'name',
  Webhooks: 'webhooks',
};

/** Where nothing said and zero, false or empty are different things; elsewhere these are what is left out. */
const POINTERS: ReadonlySet<string> = new Set(
  'replicas minReplicas parallelism completions backoffLimit backoffLimitPerIndex maxFailedIndexes activeDeadlineSeconds ttlSecondsAfterFinished revisionHistoryLimit successfulJobsHistoryLimit failedJobsHistoryLimit startingDeadlineSeconds progressDeadlineSeconds terminationGracePeriodSeconds gracePeriodSeconds deletionGracePeriodSeconds tolerationSeconds defaultMode mode runAsUser runAsGroup fsGroup priority partition expirationSeconds minDomains stabilizationWindowSeconds lun automountServiceAccountToken allowPrivilegeEscalation privileged runAsNonRoot readOnlyRootFilesystem enableServiceLinks optional suspend immutable controller blockOwnerDeletion orphanDependents shareProcessNamespace hostUsers allocateLoadBalancerNodePorts setHostnameAsFQDN ready serving terminating storageClassName ingressClassName volumeAttributesClassName ignoreStoreReadErrorWithClusterBreakingPotential podSelector namespaceSelector'.split(
    ' ',
  ),
);

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error('unexpected EOF');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new Error('integer overflow');
  }

  bytes(length = Number(this.varint())): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new Error('unexpected EOF');
    const value = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return value;
  }

  /** @returns number and wire type */
  key(): readonly [number, number] {
    const key = Number(this.varint());
    return [key >>> 3, key & 7];
  }

  value(wireType: number): bigint | Buffer {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.bytes(8);
      case 2:
        return this.bytes();
      case 5:
        return this.bytes(4);
      default:
        throw new Error(`illegal wireType ${wireType}`);
    }
  }
}

type Json = Record<string, unknown>;

/** Messages that are something else in JSON than an object of their fields. Undefined: left out. */
const SPECIAL: Readonly<Record<string, (fields: Json) => unknown>> = {
  'meta.Time': timeOf,
  'meta.MicroTime': ({ seconds = 0, nanos = 0 }) =>
    seconds === 0 && nanos === 0
      ? undefined
      : `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${String(Math.floor(Number(nanos) / 1000)).padStart(6, '0')}Z`,
  'meta.Duration': ({ duration = 0 }) => `${Number(duration) / 1e9}s`,
  'meta.FieldsV1': ({ Raw = '' }) => fromBase64(Raw),
  'runtime.RawExtension': ({ raw = '' }) => fromBase64(raw),
  'resource.Quantity': ({ string = '0' }) => (string === '' ? '0' : string),
  'intstr.IntOrString': ({ type = 0, intVal = 0, strVal = '' }) => (type === 1 ? strVal : intVal),
};

function timeOf({ seconds = 0 }: Json): unknown {
  // Go's zero time is 0001-01-01, and is written as no time at all.
  return Number(seconds) <= 0 ? undefined : `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

const fromBase64 = (text: unknown): unknown =>
  text === '' ? undefined : (JSON.parse(Buffer.from(text as string, 'base64').toString('utf8')) as unknown);

/** Messages that are lists in JSON. */
const isList = (message: string): boolean => message.endsWith('.ExtraValue') || message.endsWith('.Verbs');

function messageOf(name: string, bytes: Buffer): unknown {
  const fields = fieldsOf(name);
  const reader = new Reader(bytes);
  const special = SPECIAL[name];
  const json: Json = {};
  while (!reader.done) {
    const [number, wireType] = reader.key();
    const encoded = reader.value(wireType);
    const field = fields.get(number);
    if (field === undefined) continue;
    if (field.map) {
      putEntry(json, field, encoded as Buffer);
      continue;
    }
    const value = valueOf(field.type, encoded);
    if (field.repeated) ((json[field.name] ??= []) as unknown[]).push(value);
    else if (INLINE.has(field.name) && typeof value === 'object') Object.assign(json, value);
    else if (special !== undefined || !isLeftOut(field.name, value)) json[field.name] = value;
  }
  if (special !== undefined) return special(json);
  return isList(name) ? (json['items'] ?? []) : json;
}

const isLeftOut = (name: string, value: unknown): boolean =>
  value === undefined || ((value === 0 || value === false || value === '') && !POINTERS.has(name));

function putEntry(json: Json, field: Field, bytes: Buffer): void {
  const reader = new Reader(bytes);
  let key = '';
  let value: unknown = field.type === 's' || field.type === 'y' ? '' : undefined;
  while (!reader.done) {
    const [number, wireType] = reader.key();
    const encoded = reader.value(wireType);
    if (number === 1) key = (encoded as Buffer).toString('utf8');
    else value = valueOf(field.type, encoded);
  }
  const map = (json[field.name] ??= {}) as Json;
  map[key] = value ?? messageOf(field.type, Buffer.alloc(0));
}

function valueOf(type: string, encoded: bigint | Buffer): unknown {
  if (typeof encoded === 'bigint') return type === 'b' ? encoded !== 0n : Number(encoded);
  switch (type) {
    case 's':
      return encoded.toString('utf8');
    case 'y':
      return encoded.toString('base64');
    case 'd':
      return encoded.readDoubleLE();
    default:
      return messageOf(type, encoded);
  }
}

/** Kinds that are one and the same under every group. */
const META: ReadonlySet<string> = new Set([
  'DeleteOptions',
  'CreateOptions',
  'PatchOptions',
  'UpdateOptions',
  'ListOptions',
  'Status',
]);

function messageNameOf(apiVersion: string, kind: string): string {
  if (META.has(kind)) return `meta.${kind}`;
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const short = group.split('.')[0] ?? '';
  return version === 'v1' ? `${short}.${kind}` : `${short}/${version ?? ''}.${kind}`;
}

/**
 * The object in an envelope.
 *
 * @throws Error when the bytes are none, or of a kind that is not known here
 */
export function readProtobuf(bytes: Buffer): unknown {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
    throw new Error('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const envelope = new Reader(bytes.subarray(MAGIC.length));
  let typeMeta: Json = {};
  let raw: Buffer = Buffer.alloc(0);
  while (!envelope.done) {
    const [number, wireType] = envelope.key();
    const value = envelope.value(wireType);
    if (number === 1) typeMeta = messageOf('runtime.TypeMeta', value as Buffer) as Json;
    if (number === 2) raw = value as Buffer;
  }
  const { apiVersion = '', kind = '' } = typeMeta as { readonly apiVersion?: string; readonly kind?: string };
  return { apiVersion, kind, ...(messageOf(messageNameOf(apiVersion, kind), raw) as Json) };
}
