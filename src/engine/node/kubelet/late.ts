/** How pods and containers come to their end; `late-termination.ts` fills it. */
import { LateCode } from '#engine/api/late-code';
import type * as termination from './termination';

export const podEnd = new LateCode<typeof termination>('the end of pods');
