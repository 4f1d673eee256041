/** Fills `late.ts`; importing it is enough. */
import { lateMemory } from './late';
import { outOfMemory } from './out-of-memory';

lateMemory.provide({ outOfMemory });
