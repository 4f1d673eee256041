/** Fills `late.ts`; importing it is enough. */
import { podEnd } from './late';
import * as termination from './termination';

podEnd.provide(termination);
