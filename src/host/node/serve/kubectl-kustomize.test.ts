/** What the real kubectl makes of kustomizations, as in `kubectl.test.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUSTOMIZATIONS } from './stories/kustomizations';
import { Stage } from './telling';

const stage = new Stage(KUSTOMIZATIONS);

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
