/** Names in the terminal that are things on the stage. */
import type { ILink, ILinkProvider, Terminal } from '@xterm/xterm';
import type { Subject } from '#engine/cluster/records';
import type { Mirror } from '../state/mirror';
import { shardedValues } from '../state/sharded-map';

const NAME = /[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?/g;
/** Which of several things of one name is meant, in this order. */
const KINDS = ['Pod', 'Node', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'ReplicaSet', 'Service'];

/** Names of the objects of a kind; an empty namespace: of all of them. */
export function namesIn(mirror: Mirror, kind: string, namespace: string): readonly string[] {
  const names: string[] = [];
  for (const record of shardedValues(mirror.objects)) {
    if (record.kind === kind && (namespace === '' || record.namespace === namespace)) names.push(record.name);
  }
  return names;
}

/** Things by their names. */
export function namedThings(mirror: Mirror): ReadonlyMap<string, Subject> {
  const things = new Map<string, Subject>();
  for (const { kind, namespace, name } of shardedValues(mirror.objects)) {
    const rank = KINDS.indexOf(kind);
    const known = things.get(name);
    if (rank < 0 || (known !== undefined && KINDS.indexOf(known.kind) <= rank)) continue;
    things.set(name, { kind, namespace, name });
  }
  return things;
}

/** Parts of a line that name something: where they begin, counted from 0, and what they name. */
export function linksIn(
  line: string,
  things: ReadonlyMap<string, Subject>,
): readonly { readonly at: number; readonly text: string; readonly subject: Subject }[] {
  return [...line.matchAll(NAME)].flatMap(({ 0: text, index }) => {
    const subject = things.get(text);
    return subject === undefined ? [] : [{ at: index, text, subject }];
  });
}

/** Makes names on a terminal links that select the thing. */
export function linkProvider(
  terminal: Terminal,
  mirror: () => Mirror,
  select: (subject: Subject) => void,
): ILinkProvider {
  let known: { readonly objects: Mirror['objects']; readonly things: ReadonlyMap<string, Subject> } | null = null;
  return {
    provideLinks(y, callback) {
      const line = terminal.buffer.active.getLine(y - 1)?.translateToString(true) ?? '';
      const now = mirror();
      if (known?.objects !== now.objects) known = { objects: now.objects, things: namedThings(now) };
      const links = linksIn(line, known.things).map(({ at, text, subject }): ILink => ({
        range: { start: { x: at + 1, y }, end: { x: at + text.length, y } },
        text,
        activate: () => select(subject),
      }));
      callback(links.length === 0 ? undefined : links);
    },
  };
}
