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

const ROOTS = [
  'kubernetes-models/v1/Namespace',
  'kubernetes-models/v1/Node',
  'kubernetes-models/v1/Pod',
  'kubernetes-models/v1/Service',
  'kubernetes-models/v1/ConfigMap',
  'kubernetes-models/v1/Secret',
  'kubernetes-models/v1/ServiceAccount',
  'kubernetes-models/v1/Event',
  'kubernetes-models/v1/Binding',
  'kubernetes-models/apps/v1/ReplicaSet',
  'kubernetes-models/apps/v1/Deployment',
  'kubernetes-models/autoscaling/v1/Scale',
  'kubernetes-models/coordination.k8s.io/v1/Lease',
  'kubernetes-models/discovery.k8s.io/v1/EndpointSlice',
  'kubernetes-models/scheduling.k8s.io/v1/PriorityClass',
  '@kubernetes-models/apimachinery/apis/meta/v1/DeleteOptions',
];

/** Types that are scalars in JSON, by the name of their file. */
const SCALARS = { Quantity: 'q', IntOrString: 'x', Time: 't', MicroTime: 'm', FieldsV1: '*', RawExtension: '*' };
/** What the declarations cannot say. */
const OVERRIDES = { 'Secret.data': '{y', 'ConfigMap.binaryData': '{y' };

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

/** Fields whose numbers are 32 bits wide, from the package's compiled validators. */
function int32Fields(declaration, path) {
  const alias = /export type \{ I(Io\w+)? ?as|as I(Io\w+), /.exec(declaration);
  const base = path.startsWith('@') ? '@kubernetes-models/apimachinery' : 'kubernetes-models';
  const file = join(modules, base, '_schemas', `${alias?.[1] ?? alias?.[2]}.js`);
  const fields = new Set();
  if (!existsSync(file)) return fields;
  const text = readFileSync(file, 'utf8');
  const formats = new Map([...text.matchAll(/(formats\d+)=formats\.(\w+)/g)].map(([, name, format]) => [name, format]));
  const wide = new Map();
  for (const part of text.split(/(?=function validate\d+\()/)) {
    const name = /^function (validate\d+)\(/.exec(part)?.[1];
    const format = /(formats\d+)\.validate/.exec(part)?.[1];
    if (name !== undefined && format !== undefined) wide.set(name, formats.get(format));
  }
  for (const [, field, validator] of text.matchAll(/void 0!==data\.(\w+)&&\((validate\d+)\(/g)) {
    if (wide.get(validator) === 'int32') fields.add(field);
  }
  return fields;
}

function codeOf(text, imports, wide) {
  const type = text.trim().replace(/;$/, '').trim();
  const list = /^Array<(.+)>$/s.exec(type);
  if (list) return `[${codeOf(list[1], imports, wide)}`;
  const map = /^\{\s*\[key: string\]: (.+?);?\s*\}$/s.exec(type);
  if (map) return `{${codeOf(map[1], imports, wide)}`;
  if (type === 'string' || type.startsWith('"')) return 's';
  if (type === 'number') return wide ? 'i' : 'l';
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
  const wide = int32Fields(declaration, path);
  for (const [, field, type] of body.matchAll(/\n {4}"([^"]+)"\??: ((?:\{[\s\S]*?\n {4}\}|[^;]+));/g)) {
    fields[field] = OVERRIDES[`${name}.${field}`] ?? codeOf(type, imports, wide.has(field));
  }
  return name;
}

for (const path of ROOTS) visit(path);

const rows = [...types]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, fields]) => {
    const texts = Object.entries(fields).map(([field, code]) => `${field}:${code}`);
    return `  ${/^\w+$/.test(name) ? name : `'${name}'`}:\n    '${texts.join(' ')}',`;
  });

writeFileSync(
  OUTPUT,
  `/**
 * Generated by .ci/generate-schema.mjs from the package kubernetes-models; not to be edited.
 *
 * The fields of every type that our kinds reach, as \`field:code\`. Codes: s string, b boolean, i int32, l int64, q quantity,
 * x int or string, t time, m time with microseconds, y base64 bytes, * anything; \`[\` a list of, \`{\` a map of, else a type.
 */
export const SCHEMA: Readonly<Record<string, string>> = {
${rows.join('\n')}
};
`,
);
console.log(`${types.size} types, ${readFileSync(OUTPUT).length} bytes`);
