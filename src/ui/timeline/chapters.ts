/** A run in chapters: what somebody did that something came of, each named by what it began with. Pure. */
import { inputText } from '#engine/cluster/action-text';
import type { Action, RecordedInput } from '#engine/cluster/door';
import { SECOND, type Micros } from '#engine/kernel/time';

export interface Chapter {
  readonly at: Micros;
  /** What it began with. */
  readonly text: string;
}

/** Whatever is done after so long a rest begins something. */
const REST: Micros = 60 * SECOND;
/** What is done in one go. */
const TOGETHER: Micros = 2 * SECOND;

/** Command lines that change nothing. */
const LOOKING =
  /^\s*(?:kubectl\s+(?:-n\s+\S+\s+)?(?:get|describe|logs|top|explain|events|version|cluster-info|api-resources|wait|diff|auth|rollout status|rollout history)|watch|cat|ls|echo|curl|clear|help|man)\b/;

function changesSomething(action: Action): boolean {
  switch (action.type) {
    case 'request':
      return action.method !== 'GET';
    case 'shell':
      return !LOOKING.test(action.line);
    case 'cancel':
    case 'stream-data':
    case 'shell-input':
    case 'file':
    case 'etcdctl':
      return false;
    default:
      return true;
  }
}

/** A fault always begins a chapter, unless it comes together with another; anything else that changes something does so after a rest. */
export function chaptersOf(inputs: readonly RecordedInput[]): readonly Chapter[] {
  const chapters: Chapter[] = [];
  let last = -Infinity;
  let lastFault = -Infinity;
  for (const { at, action } of inputs) {
    if (!changesSomething(action)) continue;
    const begins = action.type === 'fault' ? at - lastFault > TOGETHER : at - last > REST;
    if (begins) chapters.push({ at, text: inputText(action) });
    last = at;
    if (action.type === 'fault') lastFault = at;
  }
  return chapters;
}
