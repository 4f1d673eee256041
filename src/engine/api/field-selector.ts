/**
 * Field selectors: `spec.nodeName=node-1,status.phase!=Running`.
 * @source kubernetes apimachinery/pkg/fields/selector.go, pkg/apis/core/v1/conversion.go
 */
import type { ResourceInfo } from './registry';

export interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export type ParsedFieldSelector =
  { readonly ok: true; readonly terms: readonly FieldTerm[] } | { readonly ok: false; readonly error: string };

/** Reads a field selector. Empty terms are skipped; `\\`, `\,` and `\=` stand for themselves in values. */
export function parseFieldSelector(text: string): ParsedFieldSelector {
  const terms: FieldTerm[] = [];
  for (const term of splitUnescaped(text)) {
    if (term === '') continue;
    const split = splitTerm(term);
    if (split === undefined) return { ok: false, error: `invalid selector: '${text}'; can't understand '${term}'` };
    const value = unescape(split.value);
    if (value === undefined) {
      return { ok: false, error: `invalid field selector: invalid escape sequence: ${badEscape(split.value)}` };
    }
    terms.push({ ...split, value });
  }
  return { ok: true, terms };
}

function splitUnescaped(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ',') {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function splitTerm(term: string): FieldTerm | undefined {
  for (let at = 0; at < term.length; at++) {
    const field = term.slice(0, at);
    if (term.startsWith('!=', at)) return { field, operator: '!=', value: term.slice(at + 2) };
    if (term.startsWith('==', at)) return { field, operator: '=', value: term.slice(at + 2) };
    if (term[at] === '=') return { field, operator: '=', value: term.slice(at + 1) };
  }
  return undefined;
}

function unescape(value: string): string | undefined {
  if (!value.includes('\\') && !value.includes(',') && !value.includes('=')) return value;
  let result = '';
  for (let at = 0; at < value.length; at++) {
    const symbol = value.charAt(at);
    if (symbol === ',' || symbol === '=') return undefined;
    if (symbol === '\\') {
      const escaped = value.charAt(++at);
      if (escaped !== '\\' && escaped !== ',' && escaped !== '=') return undefined;
      result += escaped;
    } else {
      result += symbol;
    }
  }
  return result;
}

function badEscape(value: string): string {
  const at = value.search(/\\(?![\\,=])/);
  return at < 0 ? value : value.slice(at, at + 2);
}

/** Other names of fields that the server still understands. */
const ALIASES: Readonly<Record<string, string>> = { 'spec.host': 'spec.nodeName' };

/** Terms with old field names replaced. */
export const canonicalTerms = (terms: readonly FieldTerm[]): readonly FieldTerm[] =>
  terms.map((term) => ({ ...term, field: ALIASES[term.field] ?? term.field }));

/** Why a kind cannot be selected by one of these fields; undefined when it can by all. */
export function fieldSelectorError(resource: ResourceInfo, terms: readonly FieldTerm[]): string | undefined {
  const supported = resource.rules.selectableFields;
  const bad = terms.find((term) => !supported.includes(ALIASES[term.field] ?? term.field));
  if (bad === undefined) return undefined;
  if (resource.kind === 'Job') return `field label "${bad.field}" not supported for Job`;
  return supported.length === 2 && supported.includes('metadata.namespace') && supported.includes('metadata.name')
    ? `"${bad.field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${bad.field}`;
}

/** The value that a field must have for the terms to hold, if they say so: what an index can look up. */
export const requiredFieldValue = (terms: readonly FieldTerm[], field: string): string | undefined =>
  canonicalTerms(terms).find((term) => term.field === field && term.operator === '=')?.value;
