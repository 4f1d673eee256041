/**
 * The types of the API as the package kubernetes-models declares them: their fields, what these are and what is said of them.
 * The declarations are machine-made and regular, so that lines can be read by pattern.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT } from './install.mjs';

const modules = join(ROOT, 'node_modules');

/** Kinds by group and version, as folders of the package name them. Of two types with one name the first keeps it bare. */
const KINDS = {
  v1: `Namespace Node Pod Service ConfigMap Secret ServiceAccount Event Binding ReplicationController Endpoints
    PersistentVolume PersistentVolumeClaim ResourceQuota LimitRange PodTemplate ComponentStatus`,
  'apps/v1': 'ReplicaSet Deployment StatefulSet DaemonSet ControllerRevision',
  'batch/v1': 'Job CronJob',
  'autoscaling/v2': 'HorizontalPodAutoscaler',
  'autoscaling/v1': 'Scale HorizontalPodAutoscaler',
  'policy/v1': 'PodDisruptionBudget Eviction',
  'networking.k8s.io/v1': 'Ingress IngressClass NetworkPolicy IPAddress ServiceCIDR',
  'discovery.k8s.io/v1': 'EndpointSlice',
  'storage.k8s.io/v1': `StorageClass VolumeAttachment CSIDriver CSINode CSIStorageCapacity VolumeAttributesClass`,
  'rbac.authorization.k8s.io/v1': 'Role ClusterRole RoleBinding ClusterRoleBinding',
  'coordination.k8s.io/v1': 'Lease',
  'scheduling.k8s.io/v1': 'PriorityClass',
  'events.k8s.io/v1': 'Event',
  'apiextensions.k8s.io/v1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1': 'APIService',
  'admissionregistration.k8s.io/v1': `ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingWebhookConfiguration
    ValidatingWebhookConfiguration`,
  'certificates.k8s.io/v1': 'CertificateSigningRequest',
  'flowcontrol.apiserver.k8s.io/v1': 'FlowSchema PriorityLevelConfiguration',
  'node.k8s.io/v1': 'RuntimeClass',
  'resource.k8s.io/v1': 'ResourceClaim ResourceClaimTemplate DeviceClass ResourceSlice',
  'authentication.k8s.io/v1': 'TokenReview SelfSubjectReview TokenRequest',
  'authorization.k8s.io/v1': `SubjectAccessReview SelfSubjectAccessReview LocalSubjectAccessReview
    SelfSubjectRulesReview`,
};
export const ROOTS = [
  ...Object.entries(KINDS).flatMap(([folder, kinds]) =>
    kinds.split(/\s+/).map((kind) => `kubernetes-models/${folder}/${kind}`),
  ),
  '@kubernetes-models/apimachinery/apis/meta/v1/DeleteOptions',
];

/** Fields that the package has of Kubernetes 1.36, by type. */
const TOO_NEW = {
  PodSpec: ['schedulingGroup'],
  PodStatus: ['nodeAllocatableResourceClaimStatuses'],
  ResourceHealth: ['message'],
  CSIDriverSpec: ['preventPodSchedulingIfMissing'],
  Device: ['nodeAllocatableResourceMappings'],
  DeviceAttribute: ['bools', 'ints', 'strings', 'versions'],
};
/** What 1.35 has and the package does not. @source kubernetes staging/src/k8s.io/api/core/v1/types.go */
const ADDED = { PodSpec: { workloadRef: 'WorkloadReference' } };
const ADDED_TYPES = {
  WorkloadReference: { name: 's', podGroup: 's', podGroupReplicaKey: 's' },
  CustomResource: { apiVersion: 's', kind: 's', metadata: 'ObjectMeta', '*': '*' },
};

const ADDED_FIELD = { required: false, description: '', values: [] };
const ADDED_PATHS = { WorkloadReference: 'kubernetes-models/v1/WorkloadReference', CustomResource: '' };

/** Types that are scalars in JSON, by the name of their file. */
const SCALARS = {
  Quantity: 'q',
  IntOrString: 'x',
  Time: 't',
  MicroTime: 'm',
  FieldsV1: '*',
  RawExtension: '*',
  JSON: '*',
  JSONSchemaPropsOrArray: '*',
  JSONSchemaPropsOrBool: '*',
  JSONSchemaPropsOrStringArray: '*',
};
/** What the declarations cannot say. */
const OVERRIDES = {
  'Secret.data': '{y',
  'ConfigMap.binaryData': '{y',
  'StatefulSetSpec.volumeClaimTemplates': '[PersistentVolumeClaim',
};
/** Codes of the formats that the second package tells. */
const FORMATS = { int32: 'i', int64: 'l', double: 'f', byte: 'y' };

function resolve(from, specifier) {
  const clean = specifier.replace(/\.js$/, '');
  return clean.startsWith('.') ? normalize(join(dirname(from), clean)) : clean;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** The formats of a type's fields, from the declarations of @kubernetes/client-node: what is an int32, and what base64. */
function formatsOf(path) {
  const [version, type] = path.split('/').slice(-2);
  const group = path.split('/').at(-3).split('.')[0].replace('kubernetes-models', 'core');
  const models = join(modules, '@kubernetes/client-node/dist/gen/models');
  const candidates = [`${capital(group)}${capital(version)}${type}.js`, `${capital(version)}${type}.js`];
  const file = candidates.map((name) => join(models, name)).find(existsSync);
  if (file === undefined) return new Map();
  const rows = readFileSync(file, 'utf8').matchAll(/"baseName": "([^"]+)",\s+"type": "[^"]+",\s+"format": "([^"]*)"/g);
  return new Map([...rows].map(([, field, format]) => [field, FORMATS[format]]));
}

/** The text of a comment, without stars and escapes. */
const commentText = (comment) =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim()
    .replaceAll('\\*', '*');

/** The comment right before a piece of text. */
function descriptionBefore(text, piece) {
  const found = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*${piece}`).exec(text);
  return found === null ? '' : commentText(found[1]);
}

/** What is said of each field of the interface that a declaration is about. */
function descriptionsOf(text) {
  const body = text.slice(text.indexOf('export interface'), text.indexOf('\n}', text.indexOf('export interface')));
  const rows = body.matchAll(/\n {4}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {4}"([^"]+)"/g);
  return new Map([...rows].map(([, comment, field]) => [field, commentText(comment)]));
}

/**
 * Reads the types that these reach, and those.
 *
 * @param roots - paths below node_modules, without `.d.ts`
 * @returns types by name: `{ path, description, fields }`, fields by name: `{ code, required, description, values }`
 */
export function readTypes(roots) {
  const names = new Map();
  const types = new Map();
  /** The name of a type: its file's, with the group in front when two groups have the same. */
  function nameOf(path) {
    const known = names.get(path);
    if (known !== undefined) return known;
    const simple = path.slice(path.lastIndexOf('/') + 1);
    const group = path.split('/').at(-3)?.split('.')[0] ?? '';
    const name = [...names.values()].includes(simple) ? `${group}.${simple}` : simple;
    names.set(path, name);
    return name;
  }

  function codeOf(text, imports, format) {
    const type = text.trim().replace(/;$/, '').trim();
    const list = /^Array<(.+)>$/s.exec(type);
    if (list) return `[${codeOf(list[1], imports, format)}`;
    const map = /^\{\s*\[key: string\]: (.+?);?\s*\}$/s.exec(type);
    if (map) return `{${codeOf(map[1], imports, format)}`;
    if (type === 'string') return format === 'y' ? 'y' : 's';
    if (type.startsWith('"')) return 's';
    if (type === 'number') return format ?? 'l';
    if (type === 'boolean') return 'b';
    const target = imports.get(type);
    if (target === undefined) {
      if (type === 'object' || type === 'unknown' || type === 'any' || type.startsWith('{')) return '*';
      throw new Error(`cannot read the type ${type}`);
    }
    const simple = target.slice(target.lastIndexOf('/') + 1);
    return SCALARS[simple] ?? visit(target);
  }

  function visit(path) {
    const name = nameOf(path);
    if (types.has(name)) return name;
    const text = readFileSync(join(modules, `${path}.d.ts`), 'utf8');
    const fields = new Map();
    types.set(name, { path, description: descriptionBefore(text, 'export interface'), fields });
    const declaration = text.replace(/\/\*\*[\s\S]*?\*\//g, '');
    const imports = new Map();
    for (const [, symbols, specifier] of declaration.matchAll(/import (?:type )?\{ ([^}]+) \} from "([^"]+)"/g)) {
      for (const symbol of symbols.split(',')) imports.set(symbol.trim(), resolve(path, specifier));
    }
    const body = /export interface \w+(?: extends \w+)? \{([\s\S]*?)\n\}/.exec(declaration)?.[1] ?? '';
    if (imports.size > 0 || body !== '') imports.set(`I${path.slice(path.lastIndexOf('/') + 1)}`, path);
    const formats = formatsOf(path);
    const said = descriptionsOf(text);
    for (const [, field, optional, type] of body.matchAll(/\n {4}"([^"]+)"(\??): ((?:\{[\s\S]*?\n {4}\}|[^;]+));/g)) {
      if (TOO_NEW[name]?.includes(field)) continue;
      fields.set(field, {
        code: OVERRIDES[`${name}.${field}`] ?? codeOf(type, imports, formats.get(field)),
        required: optional === '',
        description: said.get(field) ?? '',
        values: [...type.matchAll(/"([^"]*)"/g)].map(([, value]) => value),
      });
    }
    return name;
  }

  for (const path of roots) visit(path);
  for (const [type, fields] of Object.entries(ADDED)) {
    for (const [field, code] of Object.entries(fields)) types.get(type).fields.set(field, { code, ...ADDED_FIELD });
  }
  for (const [name, fields] of Object.entries(ADDED_TYPES)) {
    const rows = Object.entries(fields).map(([field, code]) => [field, { code, ...ADDED_FIELD }]);
    types.set(name, { path: ADDED_PATHS[name], description: '', fields: new Map(rows) });
  }
  return types;
}
