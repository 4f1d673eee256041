import { describe, expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import type { Said } from '#engine/kubectl/invocation';
import type { Action } from './door';
import { engineOf } from './engine';
import { bootedStory, type Story } from './testing';

type Request = Extract<Action, { type: 'request' }>;

/** A story, and what its API server says to streaming requests, by ticket. */
function listening(): { readonly t: Story; open(ticket: string, path: string, more?: Partial<Request>): string[] } {
  const t = bootedStory({ nodes: 1, zones: 1 });
  const heard = new Map<string, string[]>();
  t.engine.listen((said) => heard.get(said.ticket ?? '')?.push(lineOf(said)));
  return {
    t,
    open(ticket, path, more = {}) {
      const lines: string[] = [];
      heard.set(ticket, lines);
      t.act({ type: 'request', ticket, method: 'GET', path, streaming: true, ...more });
      t.run(SECOND);
      return lines;
    },
  };
}

function lineOf({ message }: Said): string {
  switch (message?.type) {
    case 'api/response':
      return `${message.code}${message.streaming === true ? ' and more' : ''}`;
    case 'api/watch-events':
      return message.events
        .map(({ type, object }) => `${type} ${(object as { metadata: { name?: string } }).metadata.name ?? ''}`)
        .join(', ');
    case 'api/watch-closed':
      return 'closed';
    case 'api/stream-chunk':
      return message.data;
    case undefined:
      return 'nothing';
  }
}

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const watch = { query: { watch: 'true' } };
const create = (t: Story, name: string): void => void t.request('POST', CONFIG_MAPS, { body: { metadata: { name } } });
const watchesOf = (t: Story): unknown =>
  t.machine('control-plane-1').processes.find(({ name }) => name === 'kube-apiserver')!.facts['watchesOpen'];

describe('a streaming request', () => {
  it('is answered once to the listener, and not among the answers', () => {
    const { t, open } = listening();
    expect(open('a', '/version')).toEqual(['200']);
    expect(open('b', '/api/v1/nodes/none')).toEqual(['404']);
    expect([...t.answers.keys()]).toEqual([]);
  });

  it('that is a watch is told that it is open, and each event until it is cancelled', () => {
    const { t, open } = listening();
    const before = watchesOf(t);
    const lines = open('a', CONFIG_MAPS, watch);
    expect(lines).toEqual(['200 and more', 'ADDED kube-root-ca.crt']);
    create(t, 'one');
    t.run(SECOND);
    t.act({ type: 'cancel', request: 'a' });
    t.run(SECOND);
    create(t, 'two');
    expect(lines).toEqual(['200 and more', 'ADDED kube-root-ca.crt', 'ADDED one']);
    expect(watchesOf(t)).toBe(before);
  });

  it('that is a watch ends with its time, and is refused as any request', () => {
    const { t, open } = listening();
    const lines = open('a', CONFIG_MAPS, { query: { watch: 'true', timeoutSeconds: '5' } });
    t.run(5 * SECOND);
    expect(lines).toEqual(['200 and more', 'ADDED kube-root-ca.crt', 'closed']);
    expect(open('b', CONFIG_MAPS, { query: { watch: 'true', resourceVersion: 'x' } })).toEqual(['500']);
  });

  it('hears that the connection failed when the server ends', () => {
    const { t, open } = listening();
    const lines = open('a', CONFIG_MAPS, watch);
    t.fault({ type: 'kill-process', process: 'control-plane-1/kube-apiserver' });
    t.run(SECOND / 100); // its kubelet starts it again in a twentieth of a second
    expect(lines.at(-1)).toBe('0');
    expect(open('b', CONFIG_MAPS, watch)).toEqual(['0']);
  });

  it('waits an hour for its next event, and is replayed with its cancellation', () => {
    const { t, open } = listening();
    const lines = open('a', CONFIG_MAPS, { query: { watch: 'true', timeoutSeconds: '9000' } });
    t.run(3600 * SECOND);
    create(t, 'late');
    t.run(SECOND);
    t.act({ type: 'cancel' });
    t.run(SECOND);
    expect(lines.slice(2)).toEqual(['ADDED late']);
    const recording = t.engine.recording();
    const again = engineOf(recording);
    again.run(recording.until, { events: Infinity });
    expect(again.hash()).toBe(recording.hash);
  });
});
