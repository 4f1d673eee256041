/** Leads frames from the link into the store, one `setState` each, and tells the boards what will move. */
import type { EngineLink } from '#host/worker/protocol';
import { isPaceForFlights, wantsLessMotion, type MotionBoards } from '../motion/motion';
import { arrivals, planFlights } from '../motion/flights';
import type { UiStore } from './store';

/** @returns the way to stop */
export function pumpFrames(link: EngineLink, store: UiStore, motion: MotionBoards | null): () => void {
  const stopFrames = link.onFrame((frame, status) => {
    const nowMs = performance.now();
    const { mirror } = store.getState();
    if (motion && !document.hidden && !wantsLessMotion()) {
      const flowing = motion.flights.announce(planFlights(mirror, frame), isPaceForFlights(status), nowMs);
      if (!frame.full) {
        motion.pulses.add(frame.writes, frame.peerMessages, nowMs);
        if (flowing.length > 0) motion.pulses.flow(arrivals(flowing), nowMs);
        if (frame.probes.length > 0) void import('../motion/probe-ticks').then(({ tick }) => tick(frame.probes, nowMs));
      }
    }
    store.getState().applyFrame(frame, status, nowMs);
    store.getState().logFeed.add(frame, status);
  });
  const stopCrashes = link.onCrash((crash) => store.getState().setCrash(crash));
  return () => {
    stopFrames();
    stopCrashes();
  };
}
