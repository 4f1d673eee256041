import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { applyManifest, DEFAULT_PODS, openCluster, outcome, pods, setSpeed } from './cluster-page';

/** Manifests that people really use, kept beside the repository: see its INDEX.tsv. */
const CORPUS = fileURLToPath(new URL('../../shared/corpus/', import.meta.url));

interface Case {
  readonly file: string;
  /** What kubectl says. */
  readonly output: readonly string[];
  /** Running pods by the beginning of their names. */
  readonly running: Readonly<Record<string, number>>;
}

const CASES: readonly Case[] = [
  {
    file: 'kubernetes-website/application-deployment.yaml',
    output: ['deployment.apps/nginx-deployment created'],
    running: { 'nginx-deployment-': 2 },
  },
  {
    file: 'kubernetes-examples/web-guestbook-all-in-one-guestbook-all-in-one.yaml',
    output: [
      'service/redis-master created',
      'deployment.apps/redis-master created',
      'service/redis-replica created',
      'deployment.apps/redis-replica created',
      'service/frontend created',
      'deployment.apps/frontend created',
    ],
    running: { 'redis-master-': 1, 'redis-replica-': 2, 'frontend-': 3 },
  },
];

/** The column `expected_outcome` of the corpus' index: what must become of the file. */
function expectedOf(file: string): string | undefined {
  const [head = '', ...rows] = readFileSync(`${CORPUS}INDEX.tsv`, 'utf8').split('\n');
  const column = head.split('\t').indexOf('expected_outcome');
  return rows.map((row) => row.split('\t')).find(([name]) => name === file)?.[column];
}

test.describe('manifests of the corpus, pasted into the editor', () => {
  test.skip(!existsSync(CORPUS), `no corpus at ${CORPUS}: a clone on its own has none`);

  for (const { file, output, running } of CASES) {
    test(`${file} is accepted and its pods run`, async ({ page }) => {
      expect(expectedOf(file)).toBe('accepted-and-ready');
      await openCluster(page);
      await applyManifest(page, readFileSync(CORPUS + file, 'utf8'));
      for (const line of output) await expect(outcome(page)).toContainText(line);
      await setSpeed(page, 60);
      let expected = DEFAULT_PODS;
      for (const [of, count] of Object.entries(running)) {
        await expect(pods(page, { of, state: 'Running' })).toHaveCount(count);
        expected += count;
      }
      await expect(pods(page)).toHaveCount(expected);
    });
  }
});
