/** Fills the scheduler's places of late code; importing it is enough. */
import { affinityTermsOf, termMeans } from './affinity-terms';
import { argsOf } from './configured-profiles';
import { lateScheduler } from './late';
import { roomMaker } from './plugins/default-preemption';
import { interPodAffinity } from './plugins/inter-pod-affinity';
import { latePlugins } from './plugins/late-plugins';
import { makeRoom } from './plugins/make-room';
import { spreadFilter } from './plugins/spread-filter';
import { volumeHint } from './plugins/volumes/volume-hints';
import { volumeChecks, volumeHints } from './plugins/volumes/volume-plugins';
import { volumeBinding } from './plugins/volumes/volume-binding';
import { nodeVolumeLimits, volumeRestrictions, volumeZone } from './plugins/volumes/volume-limits';
import { preempt, preemptionAnswered } from './preempt';
import { termReader } from './topology-counts';

roomMaker.provide(makeRoom);
termReader.provide({ affinityTermsOf, termMeans });
latePlugins.provide({ InterPodAffinity: interPodAffinity, PodTopologySpread: spreadFilter });
volumeHints.provide(volumeHint);
volumeChecks.provide({
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: volumeBinding,
  VolumeZone: volumeZone,
});
lateScheduler.provide({ preempt, preemptionAnswered, argsOf });
