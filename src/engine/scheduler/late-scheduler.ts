/** Fills the scheduler's places of late code; importing it is enough. */
import { affinityTermsOf, termMeans } from './affinity-terms';
import { nodeWatch } from './cache';
import { argsOf } from './configured-profiles';
import { noteChange } from './kinds';
import { lateScheduler } from './late';
import { manyNodes } from './many';
import { nodeChanged, sideBySide } from './many-nodes';
import { roomMaker } from './plugins/default-preemption';
import { interPodAffinity } from './plugins/inter-pod-affinity';
import { latePlugins } from './plugins/late-plugins';
import { otherStrategies } from './plugins/least-allocated';
import { makeRoom } from './plugins/make-room';
import { scorerOf } from './plugins/resource-allocation';
import { spreadFilter } from './plugins/spread-filter';
import { volumeHint } from './plugins/volumes/volume-hints';
import { volumeChecks, volumeHints } from './plugins/volumes/volume-plugins';
import { volumeBinding } from './plugins/volumes/volume-binding';
import { nodeVolumeLimits, volumeRestrictions, volumeZone } from './plugins/volumes/volume-limits';
import { preempt, preemptionAnswered } from './preempt';
import { startedBy } from './started-by';
import { termReader } from './topology-counts';

roomMaker.provide(makeRoom);
otherStrategies.provide(scorerOf);
termReader.provide({ affinityTermsOf, termMeans });
latePlugins.provide({ InterPodAffinity: interPodAffinity, PodTopologySpread: spreadFilter });
volumeHints.provide(volumeHint);
volumeChecks.provide({
  VolumeRestrictions: volumeRestrictions,
  NodeVolumeLimits: nodeVolumeLimits,
  VolumeBinding: volumeBinding,
  VolumeZone: volumeZone,
});
manyNodes.code = sideBySide;
nodeWatch.changed = (cache, node) => {
  nodeChanged(cache, node);
  noteChange(cache, node);
};
lateScheduler.provide({ preempt, preemptionAnswered, argsOf, startedBy });
