/**
 * How strategic merge patches treat the lists and maps of each type. Whatever is not named here is replaced when it is a
 * list, and merged key by key when it is a map.
 * @source kubernetes api/openapi-spec/swagger.json (x-kubernetes-patch-strategy, x-kubernetes-patch-merge-key)
 */
import { type PatchStrategy, patchStrategyOf } from '../list-types';
import { elementCode, fieldsOfType, isTypeName, type TypeCode } from '../schema';

/** What a strategic merge needs to know of a map: how its fields merge, and what their own maps are. */
export interface PatchSchema {
  strategyOf(field: string): PatchStrategy;
  /** The schema of the map at a field, or of the items of the list there. */
  at(field: string): PatchSchema;
}

const NO_STRATEGY: PatchStrategy = {};

/** Nothing is known: maps merge, lists are replaced. */
export const UNKNOWN_SCHEMA: PatchSchema = { strategyOf: () => NO_STRATEGY, at: () => UNKNOWN_SCHEMA };

interface FieldSchema {
  readonly strategy: PatchStrategy;
  readonly below: PatchSchema;
}

const schemas = new Map<string, PatchSchema>();

/** The patch schema of a type, e.g. `Deployment`. */
export function patchSchemaOf(type: string): PatchSchema {
  const known = schemas.get(type);
  if (known !== undefined) return known;
  const fields = new Map<string, FieldSchema>();
  const fieldSchema = (field: string): FieldSchema => {
    let found = fields.get(field);
    if (found !== undefined) return found;
    const code = fieldsOfType(type)?.get(field);
    found = { strategy: patchStrategyOf(type, field), below: schemaOfCode(code) };
    if (code !== undefined) fields.set(field, found);
    return found;
  };
  const schema: PatchSchema = {
    strategyOf: (field) => fieldSchema(field).strategy,
    at: (field) => fieldSchema(field).below,
  };
  schemas.set(type, schema);
  return schema;
}

function schemaOfCode(code: TypeCode | undefined): PatchSchema {
  if (code === undefined) return UNKNOWN_SCHEMA;
  if (code[0] === '[') return schemaOfCode(elementCode(code));
  return isTypeName(code) && code[0] !== '{' ? patchSchemaOf(code) : UNKNOWN_SCHEMA;
}
