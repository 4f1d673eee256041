/** A shared run as a start of its own, so that it does not stand in the place of the visitor's own cluster. Pure. */
import type { Recording } from '#engine/cluster/door';
import type { StartOptions } from '#host/worker/protocol';

/** Enough of a hash to tell a few runs apart. */
const NAME_DIGITS = 6;

export const sharedStart = (recording: Recording): StartOptions => ({
  seed: recording.seed,
  scenario: `shared-${recording.hash.slice(0, NAME_DIGITS)}`,
  resume: true,
  recording,
});
