/** Leads frames from the link into the store, one `setState` each, and tells the boards what will move. */
import type { EngineLink } from '#host/worker/protocol';
import { isPaceForFlights, wantsLessMotion, type MotionBoards } from '../motion/motion';
import { planFlights } from '../motion/flights';
import type { UiStore } from './store';

/** @returns the way to stop */
export function pumpFrames(link: EngineLink, store: UiStore, motion: MotionBoards | null): () => void {
  const stopFrames = link.onFrame((frame, status) => {
    const nowMs = performance.now();
    const { mirror } = store.getState();
    if (motion && !document.hidden && !wantsLessMotion()) {
      motion.flights.announce(isPaceForFlights(status) ? planFlights(mirror, frame) : []);
      if (!frame.full) motion.pulses.add(frame.writes, frame.peerMessages, nowMs);
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
