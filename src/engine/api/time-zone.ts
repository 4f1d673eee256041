/** Names of time zones. @source kubernetes pkg/apis/batch/validation/validation.go (validateTimeZone) */
import { zoneOffset } from './zone-offsets';

/** What is wrong with a name; undefined when it is taken for a zone. */
export function timeZoneError(name: string): string | undefined {
  if (name === '') return 'timeZone must be nil or non-empty string';
  const unknown = `unknown time zone ${name}`;
  const parts = name.split('/');
  if (parts.some((part) => part === '.' || part === '..' || !/^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/.test(part)))
    return unknown;
  if (name.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  return zoneOffset(name) === undefined ? unknown : undefined;
}
