/** Fills `late.ts`; importing it is enough. */
import { endedContainers } from './ended-containers';
import { lastStatus } from './last-status';
import { podEnd } from './late';
import * as termination from './termination';

podEnd.provide(termination);
lastStatus.provide(endedContainers);
