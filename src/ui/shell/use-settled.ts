/** Whether the cluster's start is over and shown: what nobody looks for before then is loaded afterwards, and holds nothing up. */
import { useEffect, useState } from 'react';
import { useUi } from '../state/store';

const AFTER_MS = 800;
/** A cluster that is opened with a dead machine is never all Ready. */
const AT_LATEST_MS = 2500;

export function useSettled(): boolean {
  const booted = useUi((state) => state.mirror.booted);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), booted ? AFTER_MS : AT_LATEST_MS);
    return () => clearTimeout(timer);
  }, [booted]);
  return settled;
}
