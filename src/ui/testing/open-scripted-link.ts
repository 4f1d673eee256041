/** `?link=scripted` of a development build: the story with as many machines and apps as the address asks for. */
import type { EngineLink } from '#host/worker/protocol';
import { createScriptedLink } from './scripted-link';

const APPS = [
  ['web', 8, 'Running'],
  ['shop', 6, 'Running'],
  ['redis', 3, 'Running'],
  ['mail', 3, 'NotReady'],
  ['typo', 2, 'ImagePullBackOff'],
  ['flaky', 2, 'CrashLoopBackOff'],
  ['batch', 1, 'Completed'],
] as const;

/** `?workers=6&zones=3&masters=3` */
export function openScriptedLink(query: URLSearchParams): EngineLink {
  const number = (name: string, usual: number): number => Number(query.get(name) ?? usual);
  return createScriptedLink({
    workers: number('workers', 4),
    zones: number('zones', 2),
    masters: number('masters', 1),
    live: true,
    apps: query.has('crowd') ? [['crowd', number('crowd', 200), 'Running']] : APPS,
  });
}
