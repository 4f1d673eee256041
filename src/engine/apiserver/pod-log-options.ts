/**
 * What a request for a pod's log asks for.
 *
 * @source kubernetes pkg/apis/core/validation/validation.go (ValidatePodLogOptions)
 */
import { type FieldError, forbidden, invalid as invalidField } from '#engine/api/field-error';
import { badRequest, invalid } from '#engine/api/status-error';
import { parseTimestamp } from '#engine/api/timestamp';
import type { Status } from '#engine/api/types';
import type { Query } from './query';

const POSITIVE = 'must be greater than 0';
const LEAST: Readonly<Record<string, readonly [least: number, text: string]>> = {
  tailLines: [0, 'must be greater than or equal to 0'],
  limitBytes: [1, POSITIVE],
  sinceSeconds: [1, POSITIVE],
};

/** What is wrong with it; null when nothing is. */
export function podLogOptionsError(name: string, query: Query): Status | null {
  const errors: FieldError[] = [];
  for (const [field, [least, text]] of Object.entries(LEAST)) {
    const given = query?.[field];
    if (given === undefined || given === '') continue;
    const value = Number(given);
    if (!/^-?[0-9]+$/.test(given) || !Number.isSafeInteger(value))
      return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`);
    if (value < least) errors.push(invalidField(field, value, text));
  }
  const since = query?.['sinceTime'] ?? '';
  if (since !== '' && Number.isNaN(parseTimestamp(since)))
    return badRequest(
      `parsing time ${JSON.stringify(since)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(since)} as "2006"`,
    );
  if (since !== '' && (query?.['sinceSeconds'] ?? '') !== '')
    errors.push(forbidden('', 'at most one of sinceTime or sinceSeconds may be specified'));
  return errors.length === 0 ? null : invalid({ group: '', kind: 'PodLogOptions' }, name, errors);
}
