import { describe, expect, it } from 'vitest';
import type { Recording } from '#engine/cluster/door';
import { ENGINE_VERSION } from '#engine/cluster/engine';
import { seedState, StatefulRandom } from '#engine/kernel/random';
import { SECOND } from '#engine/kernel/time';
import { startingCluster } from '#scenarios/starting-clusters';
import { mistakeInRecording, readRecording } from './recording';
import { checksum, linkOf, readLink, recordingIn, toBase64Url } from './share-link';

const fault = (at: number, machine: string): Recording['inputs'][number] => ({
  at,
  action: { type: 'fault', id: `power-off-${machine}-${at}-1`, fault: { type: 'power-off', machine } },
});

/** What a trainer does in ten minutes: faults, healing, a manifest, requests. */
const incident: Recording = {
  version: ENGINE_VERSION,
  seed: 7,
  cluster: startingCluster('default').spec,
  inputs: [
    fault(30 * SECOND, 'node-1'),
    fault(95_123_456, 'node-2'),
    { at: 140 * SECOND + 1, action: { type: 'heal', id: 'power-off-node-1-30000000-1' } },
    {
      at: 200 * SECOND,
      action: {
        type: 'request',
        ticket: 'request-200-1',
        method: 'PATCH',
        path: '/apis/apps/v1/namespaces/default/deployments/web/scale',
        contentType: 'application/merge-patch+json',
        body: { spec: { replicas: 12 } },
      },
    },
    {
      at: 260 * SECOND,
      action: {
        type: 'apply',
        ticket: 'apply-260-2',
        manifest:
          'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: shop\nspec:\n  replicas: 3\n  selector:\n    matchLabels: {app: shop}\n  template:\n    metadata:\n      labels: {app: shop}\n    spec:\n      containers:\n        - name: server\n          image: nginx:1.27\n',
      },
    },
    {
      at: 300 * SECOND,
      action: { type: 'shell', session: 't1', ticket: 's-1', line: 'kubectl get pods -o wide', columns: 120 },
    },
    { at: 420 * SECOND, action: { type: 'add-machine', zone: 'zone-b' } },
  ],
  until: 600 * SECOND,
  hash: '0123456789abcdef',
};

const repacked = async (json: string): Promise<string> => {
  const stream = new Blob([json]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return `run=1.${checksum(bytes)}.${toBase64Url(bytes)}`;
};

describe('a link to a run', () => {
  it('holds the whole run, and is short', async () => {
    const link = await linkOf(incident);
    expect(link.length).toBeLessThan(2_000);
    expect(link).toMatch(/^run=1\.[0-9a-z]+\.[\w-]+$/);
    expect(await readLink(link)).toEqual({ recording: incident });
  });

  it('holds a cluster that has no name, too', async () => {
    const other = { ...incident, cluster: { ...incident.cluster, nodes: 9 } };
    expect(await readLink(await linkOf(other))).toEqual({ recording: other });
  });

  it('of another version says so', async () => {
    const read = await readLink(await linkOf({ ...incident, version: 'kubarium.dev/engine-0' }));
    expect(read).toEqual({
      problem: 'version',
      text: `it was made by kubarium.dev/engine-0; this is ${ENGINE_VERSION}`,
    });
    expect(await readLink('run=2.abc.abc')).toMatchObject({ problem: 'version' });
  });

  it.each([
    ['cut off', (link: string) => link.slice(0, -20), 'its checksum is wrong'],
    [
      'with a letter changed',
      (link: string) => link.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A')),
      'checksum',
    ],
    ['that is another fragment', () => 'section-3', 'no link to a run'],
    ['of endless length', (link: string) => link + 'A'.repeat(1_000_000), 'too long'],
  ])('%s is refused in words', async (_what, damage, words) => {
    const read = await readLink(damage(await linkOf(incident)));
    expect(read).toMatchObject({ problem: 'damaged' });
    expect('text' in read && read.text).toContain(words);
  });

  it('that unpacks to more than a run can have is refused', async () => {
    expect(await readLink(await repacked(`"${'a'.repeat(20_000_000)}"`))).toEqual({
      problem: 'damaged',
      text: 'it cannot be unpacked',
    });
  });
});

const JUNK: readonly unknown[] = [
  null,
  -1,
  1.5,
  1e300,
  '',
  'x'.repeat(99),
  [],
  {},
  [[]],
  true,
  '__proto__',
  { type: 'apply' },
];

/** Some data with one thing in it replaced, doubled or taken away. */
function mutated(value: unknown, random: StatefulRandom): unknown {
  if (typeof value !== 'object' || value === null || random.below(6) === 0) return JUNK[random.below(JUNK.length)];
  const keys = Object.keys(value);
  if (keys.length === 0) return JUNK[random.below(JUNK.length)];
  const key = keys[random.below(keys.length)]!;
  if (Array.isArray(value)) return value.toSpliced(Number(key), random.below(2), mutated(value[Number(key)], random));
  const { [key]: old, ...rest } = value as Record<string, unknown>;
  return random.below(5) === 0 ? rest : { ...rest, [random.below(9) === 0 ? 'extra' : key]: mutated(old, random) };
}

/** Letters of a text exchanged, doubled or left out. */
function garbled(text: string, random: StatefulRandom): string {
  const at = random.below(text.length + 1);
  const junk = String.fromCharCode(random.below(random.below(3) === 0 ? 0xffff : 128));
  return text.slice(0, at) + (random.below(3) === 0 ? '' : junk) + text.slice(at + random.below(4));
}

describe('what strangers send', () => {
  // 100,000 inputs in all: garbled texts, runs with something wrong in them, links of whatever letters.
  const random = new StatefulRandom(seedState(1, 'hostile'));
  const payload = JSON.stringify({
    v: ENGINE_VERSION,
    s: 7,
    c: 'default',
    i: incident.inputs.map(({ at, action }) => [at, action]),
    u: 9e9,
    h: 'abc',
  });

  it('as a recording is either one or refused, and nothing is thrown', () => {
    const { cluster: _left, ...small } = incident;
    const recording = { ...small, cluster: startingCluster('empty').spec };
    let refused = 0;
    for (let i = 0; i < 30_000; i++) {
      const bad = mutated(recording, random);
      const mistake = mistakeInRecording(bad);
      if (mistake !== null) refused++;
      else if (typeof (bad as Recording).until !== 'number') throw new Error('it passed without an end');
    }
    expect(refused).toBeGreaterThan(20_000);
    const text = JSON.stringify(recording);
    for (let i = 0; i < 20_000; i++) {
      const read = readRecording(garbled(text, random));
      expect('recording' in read || read.mistake.length > 0).toBe(true);
    }
  });

  it('as an unpacked link', () => {
    for (let i = 0; i < 29_000; i++) {
      const read = recordingIn(
        i % 2 === 0 ? garbled(payload, random) : JSON.stringify(mutated(JSON.parse(payload), random)),
      );
      expect('recording' in read ? mistakeInRecording(read.recording) : null).toBeNull();
    }
  });

  it('as a link', async () => {
    const link = await linkOf(incident);
    for (let i = 0; i < 20_000; i++) {
      // Where what was changed makes no difference, as the last bits of a letter, it is the same run.
      const read = await readLink(garbled(link, random));
      expect('recording' in read ? read.recording : incident).toEqual(incident);
    }
    for (let i = 0; i < 1_000; i++) {
      // A true checksum over bytes that mean nothing.
      const bytes = Uint8Array.from({ length: 1 + random.below(60) }, () => random.below(256));
      expect(await readLink(`run=1.${checksum(bytes)}.${toBase64Url(bytes)}`)).not.toHaveProperty('recording');
    }
  });

  it('nested too deep is refused', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const cluster = { ...incident.cluster, auditPolicy: JSON.parse(deep) as never };
    expect(mistakeInRecording({ ...incident, cluster })).toBe('cluster.auditPolicy is not what a cluster has');
  });
});
