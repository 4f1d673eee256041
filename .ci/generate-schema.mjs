/**
 * Writes src/engine/api/schema.generated.ts from the declarations of the package kubernetes-models: which fields each type
 * has, and of what type they are. Run by hand after the package is updated or a kind is added:
 *
 *     node .ci/generate-schema.mjs
 *
 * To add a kind, add its file to ROOTS. The declarations are machine-made and regular, so that lines can be read by pattern.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const OUTPUT = join(root, 'src/engine/api/schema.generated.ts');

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
const ROOTS = [
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
  const fields = {};
  types.set(name, fields);
  const declaration = readFileSync(join(modules, `${path}.d.ts`), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '');
  const imports = new Map();
  for (const [, symbols, specifier] of declaration.matchAll(/import (?:type )?\{ ([^}]+) \} from "([^"]+)"/g)) {
    for (const symbol of symbols.split(',')) imports.set(symbol.trim(), resolve(path, specifier));
  }
  const body = /export interface \w+(?: extends \w+)? \{([\s\S]*?)\n\}/.exec(declaration)?.[1] ?? '';
  if (imports.size > 0 || body !== '') imports.set(`I${path.slice(path.lastIndexOf('/') + 1)}`, path);
  const formats = formatsOf(path);
  for (const [, field, type] of body.matchAll(/\n {4}"([^"]+)"\??: ((?:\{[\s\S]*?\n {4}\}|[^;]+));/g)) {
    if (TOO_NEW[name]?.includes(field)) continue;
    fields[field] = OVERRIDES[`${name}.${field}`] ?? codeOf(type, imports, formats.get(field));
  }
  return name;
}

for (const path of ROOTS) visit(path);
for (const [type, fields] of Object.entries(ADDED)) Object.assign(types.get(type), fields);
for (const [type, fields] of Object.entries(ADDED_TYPES)) types.set(type, fields);

const rows = [...types]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, fields]) => [name, ...Object.entries(fields).map(([field, code]) => `${field}:${code}`)].join(' '));

writeFileSync(
  OUTPUT,
  `/**
 * Generated by .ci/generate-schema.mjs from the package kubernetes-models; not to be edited.
 *
 * A line for every type that our kinds reach: its name, and its fields as \`field:code\`. Codes: s string, b boolean, i int32,
 * l int64, f float64, q quantity, x int or string, t time, m time with microseconds, y base64 bytes, * anything; \`[\` a list
 * of, \`{\` a map of, else a type. The field * stands for all that are not named.
 */
export const SCHEMA = \`
${rows.join('\n')}
\`;
`,
);
console.log(`${types.size} types, ${readFileSync(OUTPUT).length} bytes`);
