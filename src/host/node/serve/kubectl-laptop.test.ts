/**
 * The same stories as those of the real kubectl, told by the laptop's own kubectl in an engine at the same virtual moments: each command's
 * output is held against the transcript. Which commands still differ stands in `transcripts/laptop-*.txt`, why in `docs/fidelity.md`; with
 * `KUBARIUM_DIFFERENCES=FOLDER` both outputs of each are written there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { apiModels } from '#engine/api/openapi/models';
import type { Action, Answer, Cursor, Engine } from '#engine/cluster/door';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { addonObjects } from '#scenarios/addons/addons';
import { differs } from './stories/differences';
import { AUTOSCALING } from './stories/autoscaling';
import { BASICS } from './stories/basics';
import { CUSTOM } from './stories/custom';
import { KINDS } from './stories/kinds';
import { LIFE } from './stories/life';
import { KUSTOMIZATIONS } from './stories/kustomizations';
import { METRICS } from './stories/metrics';
import { NETWORK } from './stories/network';
import { POLICIES } from './stories/policies';
import { QUORUM } from './stories/quorum';
import { block, LINE_BEGINS, STORIES_BEGIN, type Step, type StorySet, untilNext } from './story';
import { apiModels as builtModels } from './testing';

const SECOND = 1_000_000;
const HOME = '/home/user';

class Laptop {
  readonly engine: Engine;
  #cursor: Cursor | null = null;
  #tickets = 0;
  readonly #answers = new Map<string, Answer>();

  constructor(set: StorySet) {
    const { nodes, zones, controlPlanes = 1, addons = [] } = set;
    const manifests = addons.map(addonObjects);
    this.engine = newEngine({ seed: 1, cluster: { ...DEFAULT_CLUSTER, nodes, zones, controlPlanes, manifests } });
    while (!this.#isReady(nodes + controlPlanes)) this.advance(SECOND / 10);
    for (const [path, text] of Object.entries(set.files))
      this.engine.input({ type: 'file', path: join(HOME, path), text });
    this.reach(STORIES_BEGIN);
  }

  #isReady(count: number): boolean {
    const { set } = this.engine.observe(null);
    return (
      set.filter((record) => record.kind === 'Node' && 'ready' in record && record.ready === 'True').length === count
    );
  }

  advance(span: number): void {
    const until = this.engine.now + span;
    while (this.engine.now < until) this.engine.run(until, { events: 1_000_000 });
  }

  reach(step: number): void {
    this.advance(untilNext(this.engine.now, step));
  }

  happens(action: Action): void {
    this.advance(this.engine.input(action) - this.engine.now);
  }

  run({ args, stdin = '', env = {} }: Step): Answer {
    const ticket = `step-${++this.#tickets}`;
    const variables = Object.entries(env).map(([name, value]) => `${name}='${value}' `);
    const document = stdin === '' ? '' : ` <<'END-OF-INPUT'\n${stdin}END-OF-INPUT\n`;
    this.engine.input({
      type: 'shell',
      session: 'told',
      ticket,
      line: `${variables.join('')}kubectl ${args}${document}`,
    });
    const until = this.engine.now + 300 * SECOND;
    while (!this.#answers.has(ticket) && this.engine.now < until) {
      this.advance(SECOND / 200);
      const frame = this.engine.observe(this.#cursor);
      this.#cursor = frame.cursor;
      for (const answer of frame.answers) this.#answers.set(answer.ticket, answer);
    }
    const answer = this.#answers.get(ticket);
    if (answer !== undefined) return answer;
    this.engine.input({ type: 'shell-input', session: 'told', interrupt: true });
    this.advance(SECOND);
    return { ticket, at: 0, ok: false, code: -1, body: null, output: '', error: 'it has not ended\n', positions: [] };
  }
}

/** The parts of a transcript: one for each line of its story. */
const partsOf = (name: string): string[] =>
  readFileSync(join(import.meta.dirname, 'transcripts', `${name}.txt`), 'utf8')
    .split(/\n(?=\$ (?:\w+='[^\n]*' )?kubectl |… |• )/)
    .map((part) => part.trimEnd());

const spanOf = (text: string): number =>
  [...text.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1) * SECOND,
    0,
  );

interface Count {
  commands: number;
  equal: number;
  readonly different: {
    readonly story: string;
    readonly line: string;
    readonly theirs: string;
    readonly ours: string;
  }[];
}

function tell(set: StorySet): Count {
  const laptop = new Laptop(set);
  const count: Count = { commands: 0, equal: 0, different: [] };
  for (const [name, lines] of Object.entries(set.stories)) {
    const parts = partsOf(name);
    expect(parts.length).toBe(lines.length);
    lines.forEach((line, index) => {
      laptop.reach(LINE_BEGINS);
      if (typeof line === 'string') return laptop.advance(spanOf(line.slice(1)));
      if ('words' in line) return laptop.happens(line.action);
      const { code, output, error } = laptop.run(line);
      const ours = block(line, { code, stdout: output, stderr: error }, HOME).trimEnd();
      const theirs = parts[index]!;
      count.commands++;
      if (differs.same(name, line.args, ours, theirs)) count.equal++;
      else count.different.push({ story: name, line: line.args, theirs, ours });
    });
  }
  return count;
}

/** Which commands differ, by story, with their number in front. */
const summary = ({ commands, equal, different }: Count): string =>
  `${commands} commands, ${equal} equal, ${different.length} different\n\n${different.map(({ story, line }) => `${story}: ${line}\n`).join('')}`;

beforeAll(async () => apiModels.provide(await builtModels()));

it.each(
  Object.entries({
    basics: BASICS,
    kinds: KINDS,
    policies: POLICIES,
    custom: CUSTOM,
    metrics: METRICS,
    kustomizations: KUSTOMIZATIONS,
    network: NETWORK,
    life: LIFE,
    autoscaling: AUTOSCALING,
    quorum: QUORUM,
  }),
)(
  'the laptop tells the stories of %s as the real kubectl does',
  async (name, set) => {
    const count = tell(set);
    const { KUBARIUM_DIFFERENCES: folder } = process.env;
    if (folder !== undefined)
      writeFileSync(
        join(folder, `${name}.txt`),
        count.different.map(({ theirs, ours }) => `${theirs}\n+++ ours\n${ours}\n\n`).join(''),
      );
    await expect(summary(count)).toMatchFileSnapshot(`transcripts/laptop-${name}.txt`);
  },
  120_000,
);
