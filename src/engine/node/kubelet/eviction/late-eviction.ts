/** Fills `late.ts`; importing it is enough. */
import { podEviction } from '../late';
import { evict, evictionDue, refusal, statsAnswered } from './eviction';

podEviction.provide({ evict, evictionDue, refusal, statsAnswered });
