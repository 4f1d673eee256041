/**
 * Names of time zones. The database itself is not here: a name is known by its area, or in whole where it has none.
 *
 * @source https://www.iana.org/time-zones (backward included), kubernetes pkg/apis/batch/validation/validation.go (validateTimeZone)
 */
const AREAS =
  'Africa America Antarctica Arctic Asia Atlantic Australia Brazil Canada Chile Etc Europe Indian Mexico Pacific US';
const ALONE =
  'CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK Singapore Turkey UCT UTC Universal W-SU WET Zulu';

/** What is wrong with a name; undefined when it is taken for a zone. */
export function timeZoneError(name: string): string | undefined {
  if (name === '') return 'timeZone must be nil or non-empty string';
  const unknown = `unknown time zone ${name}`;
  const parts = name.split('/');
  if (parts.some((part) => part === '.' || part === '..' || !/^[A-Za-z._0-9+][A-Za-z.\-_0-9+]{0,13}$/.test(part)))
    return unknown;
  if (name.toLowerCase() === 'local')
    return 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
  const known = parts.length === 1 ? ALONE.split(' ').includes(name) : AREAS.split(' ').includes(parts[0] ?? '');
  return known ? undefined : unknown;
}
