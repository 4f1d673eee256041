/** Fills `late.ts`; importing it is enough. */
import { dropConnections, heardBytes, portForward, resetConnections } from './connections';
import { etcFiles } from './etc-files';
import { execSync, execTimedOut, runExec } from './exec';
import { freeze, standsStill } from './freezer';
import { lateness } from './lateness';
import { lateSessions } from './late';
import { MountedFiles } from './mounted-files';
import { missingProfile } from './profiles';
import { relay, relayed } from './relays';
import { statsOf } from './stats';
import { computed, countTraffic, trafficComes } from './traffic';
import { attach, exec, execGoesOn, hangUp, heardInput } from './processes';

lateSessions.provide({
  attach,
  etcFiles,
  exec,
  execGoesOn,
  execSync,
  execTimedOut,
  freeze,
  lateness,
  heard(state, from, piece, ctx) {
    heardInput(state, from, piece, ctx);
    heardBytes(state, from, piece, ctx);
  },
  hangUp(state, from, id, ctx) {
    hangUp(state, from, id, ctx);
    dropConnections(state, from, id);
  },
  mountedFiles: (own, mounts, ctx) => new MountedFiles(own, mounts, ctx),
  missingProfile,
  portForward,
  resetConnections,
  runExec,
  standsStill,
  computed,
  countTraffic,
  relay,
  relayed,
  statsOf,
  trafficComes,
});
