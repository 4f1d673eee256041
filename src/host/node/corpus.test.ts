/** Real manifests end as the corpus says. They stay outside the repository: without them there is nothing to test here. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import { parseScenario } from '#scenarios/reading/read-scenario';
import { runScenario } from '#scenarios/runner';

const CORPUS = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const FILES = [
  'kubernetes-website/application-deployment.yaml',
  'kubernetes-website/application-guestbook-frontend-deployment.yaml',
  'kubernetes-website/application-guestbook-redis-follower-deployment.yaml',
  'kubernetes-website/application-guestbook-redis-leader-service.yaml',
  'kubernetes-examples/web-guestbook-all-in-one-guestbook-all-in-one.yaml',
];

interface Row {
  readonly outcome: string;
  /** `Deploymentx3,Service` as counts. */
  readonly kinds: ReadonlyMap<string, number>;
}

function rowsOf(index: string): ReadonlyMap<string, Row> {
  const [header = '', ...lines] = index.trimEnd().split('\n');
  const column = (name: string): number => header.split('\t').indexOf(name);
  return new Map(
    lines.map((line) => {
      const cells = line.split('\t');
      const kinds = (cells[column('kinds')] ?? '').split(',').map((kind): [string, number] => {
        const [, name = '', count = '1'] = /^(\w+?)(?:x(\d+))?$/.exec(kind) ?? [];
        return [name, Number(count)];
      });
      return [cells[column('file')] ?? '', { outcome: cells[column('expected_outcome')] ?? '', kinds: new Map(kinds) }];
    }),
  );
}

/** What an outcome means, as conditions of a scenario. */
function stepsFor({ outcome, kinds }: Row): unknown[] {
  const own = [...kinds].map(([kind, count]) => ({ kind, count: kind === 'Service' ? count + 1 : count })); // `kubernetes` is there already
  switch (outcome) {
    case 'accepted-and-ready':
      return [
        { wait: { for: ['pods condition=Ready', 'deployments condition=Available'], within: '5m' } },
        { expect: own },
      ];
    case 'object-only':
      return [{ wait: '5m' }, { expect: [...own, { kind: 'Pod', count: 0 }] }];
    default:
      throw new Error(`no conditions for the outcome ${outcome}`);
  }
}

describe.skipIf(!existsSync(CORPUS))(
  `the corpus in ${existsSync(CORPUS) ? CORPUS : '../shared/corpus (not here: skipped)'}`,
  () => {
    const rows = existsSync(CORPUS) ? rowsOf(readFileSync(`${CORPUS}INDEX.tsv`, 'utf8')) : new Map<string, Row>();

    it.each(FILES)('%s ends as its row says', (file) => {
      const row = rows.get(file);
      expect(row, `${file} has a row`).toBeDefined();
      const steps = [{ apply: file }, ...stepsFor(row!)];
      const text = JSON.stringify({
        apiVersion: 'kubarium.dev/v1',
        kind: 'Scenario',
        spec: { cluster: { nodes: 3, zones: 1 }, steps },
      });
      const parsed = parseScenario(text);
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      const engine = newEngine({ seed: 1, cluster: parsed.scenario.cluster });
      const report = runScenario(parsed.scenario, engine, {
        files: new Map([[file, readFileSync(CORPUS + file, 'utf8')]]),
      });
      expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
    });
  },
);
