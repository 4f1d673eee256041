/** How far a time zone is ahead of UTC. @source https://www.iana.org/time-zones, through `time-zones.generated.ts` */
import { TIME_ZONES } from './time-zones.generated';

/** Minutes ahead of UTC at a moment in minutes since 1970. */
export type ZoneOffset = (minute: number) => number;

/** The zone's offset; undefined when the database has no such zone. After the last year that it knows, the last rule stands. */
export function zoneOffset(zone: string): ZoneOffset | undefined {
  const [rules] = TIME_ZONES.find(([, zones]) => zones.split(' ').includes(zone)) ?? [];
  if (rules === undefined) return undefined;
  const [first = 0, ...changes] = rules.split(' ').map(Number);
  return (minute) => {
    let offset = first;
    for (let at = 0; at < changes.length && changes[at]! <= minute; at += 2) offset = changes[at + 1]!;
    return offset;
  };
}
