/**
 * How many replicas a custom object has: wherever its definition says.
 *
 * @source kubernetes apiextensions-apiserver/pkg/registry/customresource/{etcd,validator}.go
 */
import { scaleMetadata } from '../meta';
import { type FieldError, invalid } from '../field-error';
import { isJsonObject, type JsonObject, type JsonValue } from '../json';
import { goText } from '../patch/strategic-merge';
import type { CustomResourceDefinition, KubeObject, Scale } from '../types';
import type { CustomScale } from './custom-resource';

type Given = NonNullable<NonNullable<CustomResourceDefinition['spec']['versions'][number]['subresources']>['scale']>;

const MAX_INT32 = 2_147_483_647;

const namesIn = (path: string): readonly string[] => path.replace(/^\./, '').split('.');

/** What stands at a path; undefined where nothing does. */
function valueAt(object: object, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = object as JsonObject;
  for (const name of namesIn(path)) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

function withValue(object: JsonObject, [name, ...rest]: readonly string[], value: JsonValue | undefined): JsonObject {
  const inner = object[name!];
  const next = rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value);
  const { [name!]: _before, ...others } = object;
  return next === undefined ? others : { ...object, [name!]: next };
}

const replicasAt = (object: object, path: string): number => {
  const value = valueAt(object, path);
  return typeof value === 'number' ? value : 0;
};

export const customScale = ({ specReplicasPath, statusReplicasPath, labelSelectorPath }: Given): CustomScale => ({
  replicasPath: specReplicasPath,
  scaleOf(object: KubeObject): Scale {
    const selector = labelSelectorPath ? valueAt(object, labelSelectorPath) : undefined;
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: scaleMetadata(object.metadata),
      spec:
        typeof valueAt(object, specReplicasPath) === 'number' ? { replicas: replicasAt(object, specReplicasPath) } : {},
      status: {
        replicas: replicasAt(object, statusReplicasPath),
        ...(typeof selector === 'string' && selector !== '' ? { selector } : {}),
      },
    };
  },
  withReplicas: (object, replicas) => withValue(object as JsonObject, namesIn(specReplicasPath), replicas),
});

/** The type of a JSON value in Go. */
function goTypeOf(value: JsonValue): string {
  if (value === null) return '<nil>';
  if (typeof value === 'object') return isJsonObject(value) ? 'map[string]interface {}' : '[]interface {}';
  return ({ number: 'float64', boolean: 'bool' } as Record<string, string>)[typeof value] ?? 'string';
}

function countErrors(object: object, path: string): FieldError[] {
  const value = valueAt(object, path);
  if (value === undefined) return [];
  const [name = ''] = namesIn(path).slice(-1);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    const detail = `.${namesIn(path).join('.')} accessor error: ${goText(value)} is of the type ${goTypeOf(value)}, expected int64`;
    return name === '' ? [] : [invalid(path, 0, detail)];
  }
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')];
  return value > MAX_INT32 ? [invalid(path, value, `should be less than or equal to ${MAX_INT32}`)] : [];
}

/** What is wrong where an object says how many replicas it has. */
export function scaleErrors(given: Given | undefined, object: object, statusOnly: boolean): FieldError[] {
  if (given === undefined) return [];
  return [
    ...(statusOnly ? [] : countErrors(object, given.specReplicasPath)),
    ...countErrors(object, given.statusReplicasPath),
  ];
}
