/**
 * What the OpenAPI documents tell beyond the schema of the engine: names, descriptions, required fields and enumerations of all
 * types. Built beside the command line as `api-models.json`, since it is large and only whoever asks for OpenAPI needs it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTypes, ROOTS } from './api-types.mjs';
import { ROOT } from './install.mjs';

const MACHINERY = '@kubernetes-models/apimachinery';
/** What requests and answers have besides objects. */
const META = 'Status StatusDetails StatusCause ListMeta APIGroup APIGroupList APIResource APIResourceList APIVersions';
/** Types that are scalars in JSON, by the code of the schema. */
const SCALARS = {
  q: 'api/resource/Quantity',
  x: 'util/intstr/IntOrString',
  t: 'apis/meta/v1/Time',
  m: 'apis/meta/v1/MicroTime',
};

/** The full name of a type, from its path in the package. */
function modelName(path) {
  const parts = path.split('/');
  if (path.startsWith(MACHINERY)) return `io.k8s.apimachinery.pkg.${parts.slice(2).join('.')}`;
  const [, group, version, type] = parts.length === 3 ? ['', 'core', parts[1], parts[2]] : parts;
  const short = group.split('.')[0];
  if (group === 'apiextensions.k8s.io') return `io.k8s.apiextensions-apiserver.pkg.apis.${short}.${version}.${type}`;
  if (group === 'apiregistration.k8s.io') return `io.k8s.kube-aggregator.pkg.apis.${short}.${version}.${type}`;
  return `io.k8s.api.${short}.${version}.${type}`;
}

/** All types by their name in the schema of the engine; scalars by their code. */
export function apiModels() {
  const roots = [...ROOTS, ...META.split(' ').map((type) => `${MACHINERY}/apis/meta/v1/${type}`)];
  const models = {};
  for (const [name, { path, description, fields }] of readTypes(roots)) {
    if (path === '') continue;
    const typeMeta = (field) => field === 'apiVersion' || field === 'kind';
    models[name] = {
      name: modelName(path),
      description,
      required: [...fields].filter(([field, { required }]) => required && !typeMeta(field)).map(([field]) => field),
      fields: Object.fromEntries(
        [...fields].map(([field, row]) => {
          const values = typeMeta(field) ? [] : row.values;
          return [field, [row.code, row.description, ...(values.length === 0 ? [] : [values])]];
        }),
      ),
    };
  }
  // The package says of most kinds nothing about these two, which are the same everywhere.
  for (const field of ['apiVersion', 'kind']) {
    const [, said] = models.Status.fields[field];
    for (const { fields } of Object.values(models)) if (fields[field]?.[1] === '') fields[field][1] = said;
  }
  for (const [code, path] of Object.entries(SCALARS)) {
    const text = readFileSync(join(ROOT, 'node_modules', MACHINERY, `${path}.d.ts`), 'utf8');
    const comment = /\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? '';
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
    const description = lines.join('\n').trim().replaceAll('\\*', '*');
    models[code] = { name: modelName(`${MACHINERY}/${path}`), description, required: [], fields: {} };
  }
  return models;
}
