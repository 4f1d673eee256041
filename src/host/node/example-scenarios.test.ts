/** The scenarios of docs/scenarios hold: they are what a teacher shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { newEngine } from '#engine/cluster/engine';
import { parseScenario } from '#scenarios/reading/read-scenario';
import { type Report, runScenario } from '#scenarios/runner';
import { filesOf } from '#scenarios/scenario';
import '#engine/cluster/late-code';

const FOLDER = fileURLToPath(new URL('../../../docs/scenarios/', import.meta.url));
const read = (file: string): string => readFileSync(`${FOLDER}${file}`, 'utf8');
const scenarios = readdirSync(FOLDER).filter((file) => read(file).includes('kind: Scenario'));

function report(text: string): Report {
  const parsed = parseScenario(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { scenario } = parsed;
  const engine = newEngine({ seed: scenario.seed, cluster: scenario.cluster });
  return runScenario(scenario, engine, {
    files: new Map(filesOf(scenario).map(({ path }) => [path, read(path)])),
    seed: scenario.seed,
  });
}

describe('the scenarios of docs/scenarios', () => {
  it.each(scenarios)('%s', (file) => {
    const { steps, passed } = report(read(file));
    expect(steps.filter(({ ok }) => !ok)).toEqual([]);
    expect(passed).toBe(true);
  });

  it('etcd-in-memory.yaml fails with etcd on a disk: there everything is kept', () => {
    const text = read('etcd-in-memory.yaml').replace('etcdStorage: memory', 'etcdStorage: disk');
    const { steps } = report(text);
    expect(steps.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
      'nobody remembers the app',
      'nor do machines run it',
    ]);
  });
});
