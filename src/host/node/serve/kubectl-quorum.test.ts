/** What a real kubectl says while two of three control planes are without power. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QUORUM } from './stories/quorum';
import { Stage } from './telling';

const stage = new Stage(QUORUM);

describe.skipIf(stage.absent)(`kubectl${stage.why}`, () => {
  beforeAll(() => stage.begin());
  afterAll(() => stage.end());

  it.each(stage.names)(
    '%s',
    async (name) => {
      await expect(await stage.tell(name)).toMatchFileSnapshot(`transcripts/${name}.txt`);
    },
    120_000,
  );
});
