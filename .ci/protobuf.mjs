/**
 * Writes `src/host/node/serve/protobuf.generated.ts`: the numbers and types of the fields of the API's messages, as the
 * descriptors in a kubectl binary state them. `node .ci/protobuf.mjs /path/to/kubectl`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { format, resolveConfig } from 'prettier';
import { ROOT } from './install.mjs';

const TARGET = join(ROOT, 'src/host/node/serve/protobuf.generated.ts');
/** Packages of the versions that 1.35 serves, and what their messages are made of; by the name that they get here. */
const PACKAGES = new Map([
  ...[
    'admissionregistration',
    'apps',
    'authentication',
    'authorization',
    'autoscaling',
    'batch',
    'certificates',
    'coordination',
    'core',
    'discovery',
    'events',
    'flowcontrol',
    'networking',
    'node',
    'policy',
    'rbac',
    'scheduling',
    'storage',
  ].map((group) => [`k8s.io.api.${group}.v1`, group]),
  ['k8s.io.api.autoscaling.v2', 'autoscaling/v2'],
  ['k8s.io.apimachinery.pkg.apis.meta.v1', 'meta'],
  ['k8s.io.apimachinery.pkg.runtime', 'runtime'],
  ['k8s.io.apimachinery.pkg.api.resource', 'resource'],
  ['k8s.io.apimachinery.pkg.util.intstr', 'intstr'],
]);
/** FieldDescriptorProto.Type → the letter of the table. */
const SCALARS = new Map([
  [1, 'd'],
  [3, 'i'],
  [4, 'i'],
  [5, 'i'],
  [8, 'b'],
  [9, 's'],
  [12, 'y'],
  [13, 'i'],
]);
const MESSAGE = 11;
const REPEATED = 3;
const GZIP = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]);

/** The fields of an encoded message: number → values. */
function fieldsOf(bytes) {
  const fields = new Map();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('it ends too early');
      value += (byte & 0x7f) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const key = varint();
    let value;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 2) {
      const length = varint();
      value = bytes.subarray(at, (at += length));
      if (value.length !== length) throw new Error('it ends too early');
    } else throw new Error('no field of a descriptor');
    const number = key >>> 3;
    if (!fields.has(number)) fields.set(number, []);
    fields.get(number).push(value);
  }
  return fields;
}

const textOf = (fields, number) => fields.get(number)?.[0]?.toString('utf8') ?? '';
const all = (fields, number) => fields.get(number) ?? [];

function nameOf(type) {
  const cut = type.lastIndexOf('.');
  return `${PACKAGES.get(type.slice(1, cut))}.${type.slice(cut + 1)}`;
}

function linesOf(file) {
  const own = PACKAGES.get(textOf(file, 2));
  return all(file, 4).map((bytes) => {
    const message = fieldsOf(bytes);
    const entries = new Map(all(message, 3).map((nested) => [textOf(fieldsOf(nested), 1), fieldsOf(nested)]));
    const typeOf = (field) => {
      const type = field.get(5)?.[0];
      return type === MESSAGE ? nameOf(textOf(field, 6)) : SCALARS.get(type);
    };
    const parts = all(message, 2).map((encoded) => {
      const field = fieldsOf(encoded);
      const entry = entries.get(textOf(field, 6).split('.').at(-1));
      const value =
        entry === undefined ? null : fieldsOf(all(entry, 2).find((part) => fieldsOf(part).get(3)?.[0] === 2));
      const type =
        value === null ? `${typeOf(field)}${field.get(4)?.[0] === REPEATED ? '*' : ''}` : `{${typeOf(value)}`;
      return `${field.get(3)[0]} ${textOf(field, 1)} ${type}`;
    });
    return `${own}.${textOf(message, 1)}:${parts.join(',')}`;
  });
}

const binary = readFileSync(process.argv[2]);
const lines = new Set();
for (let at = binary.indexOf(GZIP); at >= 0; at = binary.indexOf(GZIP, at + 1)) {
  let file;
  try {
    file = fieldsOf(gunzipSync(binary.subarray(at, at + 1_000_000), { finishFlush: 2 }));
  } catch {
    continue; // Something else that is compressed.
  }
  if (PACKAGES.has(textOf(file, 2))) for (const line of linesOf(file)) lines.add(line);
}
const code = `/** Made by \`.ci/protobuf.mjs\`; do not edit. A message a line: its name, then number, name and type of each field. */\nexport const MESSAGES = \`\n${[...lines].sort().join('\n')}\n\`;\n`;
writeFileSync(TARGET, await format(code, { ...(await resolveConfig(TARGET)), filepath: TARGET }));
console.log(`${lines.size} messages`);
