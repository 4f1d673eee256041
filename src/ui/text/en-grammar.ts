/** How English puts words together. */
import { formatVirtualTime } from './virtual-time';

export const sentences = (...parts: readonly (string | null)[]): string =>
  parts.filter((part) => part !== null).join(', ');

export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

/** What waits for a control loop, and what it has planned last. */
export const loopText = (
  waiting: number,
  plan: { readonly at: number; readonly key: string; readonly why: string } | null,
): string =>
  [
    waiting > 0 ? `${waiting} waiting` : '',
    plan === null ? 'no plan yet' : `${formatVirtualTime(plan.at)} ${plan.key}: ${plan.why}`,
  ]
    .filter((part) => part !== '')
    .join(' · ');
