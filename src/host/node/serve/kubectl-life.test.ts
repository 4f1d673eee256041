/** Every kind that is served, listed and described in a cluster that has seen some life, as in `kubectl.test.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIFE } from './stories/life';
import { Stage } from './telling';

const stage = new Stage(LIFE);

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
