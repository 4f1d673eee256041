/** Opens a run that somebody saved as a file. */
import { readRecording } from '#host/recording';
import type { EngineLink } from '#host/worker/protocol';
import type { UiStore } from '../state/store';
import type { enShare } from '../text/en-share';
import { sharedStart } from './shared-start';

/** @returns whether it was opened; if not, a notice says why */
export async function openFile(
  file: File | undefined,
  link: EngineLink,
  store: UiStore,
  text: typeof enShare,
): Promise<boolean> {
  if (file === undefined) return false;
  const read = readRecording(await file.text());
  if ('mistake' in read) {
    store.getState().notify({ tone: 'problem', text: text.notOpened(read.mistake), action: null });
    return false;
  }
  await link.start(sharedStart(read.recording));
  return true;
}
