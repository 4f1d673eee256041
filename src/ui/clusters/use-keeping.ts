/** Keeps the address in step with what the cluster is called, and says when it is not kept or when this tab came to run it. */
import { useEffect, useRef } from 'react';
import { useUi, useUiStore } from '../state/store';

export function useKeeping(): void {
  const store = useUiStore();
  const name = useUi((state) => state.host?.name);
  const unkept = useUi((state) => state.host?.unkept);
  const follows = useUi((state) => state.host?.follows === true);
  const followed = useRef(false);

  useEffect(() => {
    if (name === undefined || new URLSearchParams(location.search).get('cluster') === name) return;
    history.replaceState(null, '', `?${new URLSearchParams({ cluster: name }).toString()}`);
  }, [name]);

  useEffect(() => {
    const { text } = store.getState();
    if (unkept !== undefined) store.getState().notify({ tone: 'problem', text: text.app.unkept[unkept], action: null });
  }, [store, unkept]);

  useEffect(() => {
    const { text } = store.getState();
    if (followed.current && !follows) store.getState().notify({ tone: 'info', text: text.app.leads, action: null });
    followed.current = follows;
  }, [store, follows]);
}
