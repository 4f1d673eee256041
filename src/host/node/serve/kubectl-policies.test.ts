/** Policies in CEL as kubectl's users meet them: what each command prints, to the letter, in `transcripts/policies.txt`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICIES } from './stories/policies';
import { Stage } from './telling';

const stage = new Stage(POLICIES);

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
