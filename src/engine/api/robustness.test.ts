import './late-api';
import { describe, expect, it } from 'vitest';
import { decode } from './decode';
import { tableFor } from './print';
import { resources } from './registry';
import { elementCode, fieldsOfType, isTypeName, type TypeCode } from './schema';
import { deepFreeze } from './testing';

/** A value of a type with every map and list there, each list holding one item, and no scalar set. */
function hollow(code: TypeCode, depth: number): unknown {
  if (code[0] === '[') return isTypeName(elementCode(code)) ? [hollow(elementCode(code), depth)] : [];
  if (code[0] === '{') return {};
  if (!isTypeName(code)) return undefined;
  if (depth === 0) return {};
  const entries = [...(fieldsOfType(code) ?? [])].map(([field, inner]) => [field, hollow(inner, depth - 1)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

describe('every kind', () => {
  it.each(resources.map((info) => [info.kind, info] as const))(
    '%s bears objects without any scalar, at every depth',
    (_kind, info) => {
      // A schema of a definition holds four others, each of which does.
      const deepest = info.kind === 'CustomResourceDefinition' ? 9 : 12;
      for (let depth = 1; depth <= deepest; depth++) {
        const body = deepFreeze(hollow(info.schema, depth)) as object;
        const decoded = decode(info, body, 'Strict');
        if (!decoded.ok) throw new Error(decoded.status.message);
        const { rules } = info;
        const object = deepFreeze(rules.applyDefaults(decoded.object));
        const created = deepFreeze(rules.prepareForCreate(object));
        rules.validate(created);
        rules.validateUpdate(rules.prepareForUpdate(created, object), object);
        rules.validateStatusUpdate?.(rules.prepareForStatusUpdate(created, object), object);
        rules.fields(created);
        rules.warnings?.(created);
        for (const row of tableFor(info.kind, [created, object], 0).rows) {
          // The rows of IPAddresses have an age without a column, as upstream's have.
          const unnamed = info.kind === 'IPAddress' ? 1 : 0;
          expect(row.cells).toHaveLength(tableFor(info.kind, [], 0).columns.length + unnamed);
        }
        expect(created.kind).toBe(info.kind);
      }
    },
  );
});
