/** What kubectl says of ports of the laptop, of the whole cluster, and of completion. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORK } from './stories/network';
import { Stage } from './telling';

const stage = new Stage(NETWORK);

describe.skipIf(stage.absent)(`kubectl${stage.why}`, () => {
  beforeAll(() => stage.begin());
  afterAll(() => stage.end());

  it('tells what is wrong with ports, and dumps a cluster', async () => {
    await expect(await stage.tell('network')).toMatchFileSnapshot('transcripts/network.txt');
  }, 60_000);

  it('tells what is written wrongly', async () => {
    await expect(await stage.tell('wrong')).toMatchFileSnapshot('transcripts/wrong.txt');
  }, 60_000);
});
