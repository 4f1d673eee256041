/** What `date` prints. */
import type { Micros } from '#engine/kernel/time';

/** Unix time of virtual time 0. */
export const EPOCH_SECONDS = 1_767_225_600;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The clock as `date` prints it, in UTC. */
export function dateText(micros: Micros, format: string): string {
  const whole = EPOCH_SECONDS + Math.floor(micros / 1_000_000);
  const days = Math.floor(whole / 86_400);
  const rest = whole - days * 86_400;
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1_460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    Y: String(year),
    m: two(month),
    d: two(day),
    H: two(Math.floor(rest / 3_600)),
    M: two(Math.floor(rest / 60) % 60),
    S: two(rest % 60),
    s: String(whole),
    a: DAYS[(days + 4) % 7] ?? '',
    b: MONTHS[month - 1] ?? '',
    e: String(day).padStart(2, ' '),
    Z: 'UTC',
    z: '+0000',
    N: String(micros % 1_000_000).padStart(6, '0') + '000',
    '%': '%',
  };
  const text =
    format === ''
      ? '%a %b %e %H:%M:%S %Z %Y'
      : format.replace(/%F/g, '%Y-%m-%d').replace(/%T/g, '%H:%M:%S').replace(/%D/g, '%m/%d/%Y');
  return text
    .replace(/%([36])N/g, (_, digits: string) => (parts['N'] ?? '').slice(0, Number(digits)))
    .replace(/%([A-Za-z%])/g, (whole_, letter: string) => parts[letter] ?? whole_);
}
