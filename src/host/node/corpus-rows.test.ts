/**
 * Every public row of the corpus: `kubectl apply -f` takes it or refuses it as the row says, in Kubernetes' words. The manifests
 * stay outside the repository: without them there is nothing to test here.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import '#engine/cluster/late-code';
import { DEFAULT_CLUSTER } from '#engine/cluster/topology';
import { CORPUS_PLACE, type CorpusRow, corpusRows, corpusText, hasCorpus } from './testing-corpus';

/** What kubectl says of each reason to refuse; `$1` and `$2` are the parts of the text in brackets. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:removed-api|no-such-kind|api-not-served-by-default)\((\S+) (\w+)\)/,
    'no matches for kind "$2" in version "$1"',
  ],
  [/^(?:removed-api|no-such-kind)\((\S+)\)/, 'in version "$1"'],
  [/^namespace-not-found\(([\w-]+)\)/, 'namespaces "$1" not found'],
  [/^missing-serviceaccount\(([\w-]+)\)/, 'error looking up service account default/$1: serviceaccount "$1" not found'],
  [/^missing-priorityclass\(([\w-]+)\)/, 'no PriorityClass with name $1 was found'],
  [/^invalid-name\((.+)\)/, 'metadata.name: Invalid value: "$1"'],
  [
    /^invalid ports\[0\]\.protocol/,
    'spec.containers[0].ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"',
  ],
  [/^illegal base64/, 'illegal base64 data at input byte'],
  [/^decode error, lun/, 'cannot be handled as a Pod'],
  [/^volumeMounts name ca-certs not found/, 'volumeMounts[1].name: Not found: "ca-certs"'],
  [/^missing spec\.selector/, 'spec.selector: Required value'],
  [/^unsupported toleration operator Gt/, 'spec.tolerations[0].operator'],
  [/^ipFamilies IPv6/, 'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster'],
  [/^valueFrom empty/, ''],
];

/** Rows that say something else for 1.34, by file, and why 1.35 answers otherwise. */
const OTHERWISE_IN_1_35: Readonly<Record<string, string>> = {
  'kubernetes-website/pods-inject-envars-file-container.yaml': 'EnvFiles is on by default in 1.35',
};

/** The words that must stand in the refusal; null: it must be accepted. */
function refusalOf({ file, outcome }: CorpusRow): string | null {
  if (!outcome.startsWith('rejected:') || file in OTHERWISE_IN_1_35) return null;
  const reason = outcome.slice('rejected:'.length);
  for (const [pattern, words] of WORDS) {
    const match = pattern.exec(reason);
    if (match !== null)
      return words
        .replace('$1', match[1] ?? '')
        .replaceAll('$1', match[1] ?? '')
        .replace('$2', match[2] ?? '');
  }
  throw new Error(`${file}: no words for "${reason}"`);
}

const MINUTE = 60_000_000;

describe.skipIf(!hasCorpus)(`the corpus in ${CORPUS_PLACE}`, () => {
  const cluster = { ...DEFAULT_CLUSTER, nodes: 1, zones: 1 };
  const engine = newEngine({ seed: 1, cluster });
  engine.run(20_000_000, { events: Infinity });
  const saved = engine.save();
  const counts = { accepted: 0, rejected: 0 };
  afterAll(() => console.info(`corpus: ${counts.accepted} accepted and ${counts.rejected} rejected as their rows say`));

  it.for(corpusRows())('$file: $outcome', (row) => {
    engine.restore(saved);
    const manifest = corpusText(row.file);
    engine.input({ type: 'apply', ticket: row.file, manifest });
    let { cursor, answers } = engine.observe(null);
    const end = engine.now + MINUTE;
    let answer = answers.find(({ ticket }) => ticket === row.file);
    while (answer === undefined && engine.now < end) {
      engine.run(engine.now + 20_000, { events: Infinity });
      ({ cursor, answers } = engine.observe(cursor));
      answer = answers.find(({ ticket }) => ticket === row.file);
    }
    const refusal = refusalOf(row);
    const said = refusal === null || answer?.error.includes(refusal) === true ? refusal : answer?.error;
    expect({ ok: answer?.ok, said: answer?.ok === true ? null : said }).toEqual({
      ok: refusal === null,
      said: refusal,
    });
    counts[refusal === null ? 'accepted' : 'rejected']++;
  });
});
