/** What kubectl says of an app that is scaled by its load. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTOSCALING } from './stories/autoscaling';
import { Stage } from './telling';

const stage = new Stage(AUTOSCALING);

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
