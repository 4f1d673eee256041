/** A story of real kubectl commands with custom resources, as in `kubectl.test.ts`: the CronTab of Kubernetes' documentation. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CUSTOM } from './stories/custom';
import { Stage } from './telling';

const stage = new Stage(CUSTOM);

describe.skipIf(stage.absent)(`kubectl${stage.why}`, () => {
  beforeAll(() => stage.begin());
  afterAll(() => stage.end());

  it('creates, explains, checks, scales and deletes custom resources', async () => {
    await expect(await stage.tell('custom')).toMatchFileSnapshot('transcripts/custom.txt');
  }, 60_000);
});
