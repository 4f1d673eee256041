/** A run that stands in the page's address. */
import { readLink } from '#host/share-link';
import type { StartOptions } from '#host/worker/protocol';
import type { Language } from '../text/language';
import { enShare } from '../text/en-share';
import { zhShare } from '../text/zh-share';
import { sharedStart } from './shared-start';

/** How a cluster starts that was shared, or what is wrong with the link in words. */
export async function openShared(
  fragment: string,
  language: Language,
): Promise<{ readonly options: StartOptions } | { readonly problem: string }> {
  const read = await readLink(fragment);
  if ('recording' in read) return { options: sharedStart(read.recording) };
  const text = language === 'zh' ? zhShare : enShare;
  return { problem: (read.problem === 'version' ? text.otherVersion : text.damagedLink)(read.text) };
}
