import { EPOCH_SECONDS, timestamp } from '#engine/api/timestamp';
import { type Micros, SECOND } from '#engine/kernel/time';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 86_400;

/** A moment as Go's RFC1123Z, e.g. `Thu, 19 May 2016 10:00:00 +0000`. */
export function rfc1123z(at: Micros): string {
  const [year, month, day, time] = timestamp(at).split(/[-TZ]/);
  // 1970 began on a Thursday.
  const weekday = DAYS[(Math.floor((EPOCH_SECONDS + at / SECOND) / DAY) + 4) % 7];
  return `${weekday}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${time} +0000`;
}
