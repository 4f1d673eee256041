/** Whether the cluster's start is over and shown: what nobody looks for before then is loaded afterwards, and holds nothing up. */
import { useEffect, useState } from 'react';
import { useUi } from '../state/store';

const AFTER_MS = 800;

export function useSettled(): boolean {
  const booted = useUi((state) => state.mirror.booted);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    if (!booted) return undefined;
    const timer = setTimeout(() => setSettled(true), AFTER_MS);
    return () => clearTimeout(timer);
  }, [booted]);
  return settled;
}
