/** Replays a recording that was made in the browser, in Node, with the command line that `npm run build` makes. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, type TestInfo } from '@playwright/test';
import type { Recording } from '../src/engine/cluster/door';

const COMMAND = fileURLToPath(new URL('../dist/node/kubarium.js', import.meta.url));

interface Replayed {
  readonly exitCode: number | null;
  readonly passed: boolean;
  readonly hash: string;
  readonly complaint: string;
}

export const recordingOf = (page: Page): Promise<Recording> => page.evaluate(() => kubarium.link.recording());

export function replayInNode(recording: Recording, info: TestInfo): Replayed {
  expect(existsSync(COMMAND), `${COMMAND} is made by npm run build`).toBe(true);
  const file = join(info.outputDir, 'recording.json');
  info.outputPath(); // makes the folder
  writeFileSync(file, JSON.stringify(recording));
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'replay', file], { encoding: 'utf8' });
  const report = (stdout === '' ? {} : JSON.parse(stdout)) as { passed?: boolean; hash?: string };
  return { exitCode: status, passed: report.passed ?? false, hash: report.hash ?? '', complaint: stderr };
}
