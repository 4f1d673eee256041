/** Small rules that several kinds share. */
import { invalid, notSupported, required, type FieldError } from '../field-error';
import { dnsSubdomainErrors } from '../names';
import { invalidAll, type NameRule } from './object-meta';

/** One of `choices`; a value that is missing is refused as the empty text. */
export const oneOf = (field: string, value: string | undefined, choices: readonly string[]): FieldError[] =>
  choices.includes(value ?? '') ? [] : [notSupported(field, value ?? '', choices)];

/** A text that must be there, and keep a rule. */
export const requiredText = (
  field: string,
  text: string | undefined,
  rule: NameRule = dnsSubdomainErrors,
  detail = '',
): FieldError[] => (text ? invalidAll(field, text, rule(text)) : [required(field, detail)]);

/** The errors of each item of a list that may be missing, with the path of the item. */
export const eachOf = <T>(
  list: readonly T[] | undefined,
  field: string,
  errorsOf: (item: T, path: string) => readonly FieldError[],
): FieldError[] => (list ?? []).flatMap((item, index) => errorsOf(item, `${field}[${index}]`));

/** `acme.io/foo`. @source apimachinery/pkg/util/validation/validation.go (IsDomainPrefixedPath) */
export function validateDomainPath(text: string | undefined, field: string): FieldError[] {
  if (!text) return [required(field)];
  const slash = text.indexOf('/');
  const host = text.slice(0, Math.max(slash, 0));
  const path = text.slice(slash + 1);
  if (host === '' || path === '')
    return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const errors = invalidAll(field, host, dnsSubdomainErrors(host));
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) {
    errors.push(invalid(field, path, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')"));
  }
  return errors;
}
