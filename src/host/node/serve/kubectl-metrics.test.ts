/** What kubectl says of metrics: without metrics-server, while it starts, and once it has something to tell. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS } from './stories/metrics';
import { Stage } from './telling';

const stage = new Stage(METRICS);

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
