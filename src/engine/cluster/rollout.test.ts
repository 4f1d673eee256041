import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service } from './testing';
import { unsettled } from './testing-invariants';

const web = (image: string): string => deployment('web', { replicas: 4, image });

describe('a rolling update', () => {
  it('replaces the pods within its bounds, stops at a broken image, and goes back, as the golden transcript tells', async () => {
    const t = bootedStory();
    t.apply(manifests(web('nginx:1.27'), service('web')));
    t.until('web runs', () => t.readyPodsOf('web').length === 4, MINUTE);
    t.run(15 * SECOND);
    t.forget();

    t.apply(web('nginx:1.28'));
    let fewest = 4;
    let most = 4;
    t.until(
      'web is rolled out',
      () => {
        const all = t.podsOf('web').filter(({ deletionAt }) => deletionAt === null);
        fewest = Math.min(fewest, t.deployment('web').available);
        most = Math.max(most, all.length);
        const isNew = all.every(({ images }) => images.join() === 'nginx:1.28');
        return isNew && all.length === 4 && t.deployment('web').updated === 4 && t.deployment('web').available === 4;
      },
      2 * MINUTE,
    );
    // replicas 4, maxSurge 25 % = 1, maxUnavailable 25 % = 1
    expect({ fewest, most }).toEqual({ fewest: 3, most: 5 });
    t.run(40 * SECOND);
    expect(unsettled(t, { web: 4 })).toEqual([]);

    t.apply(web('nginx:does-not-exist'));
    t.run(4 * MINUTE);
    const states = t
      .podsOf('web')
      .map(({ images, status }) => `${images.join()} ${status}`)
      .sort();
    // minAvailable 3 old pods stay; maxTotal 5 leaves room for two new ones.
    expect(states.slice(0, 3)).toEqual(['nginx:1.28 Running', 'nginx:1.28 Running', 'nginx:1.28 Running']);
    expect(states.slice(3).every((state) => /^nginx:does-not-exist (ErrImagePull|ImagePullBackOff)$/.test(state))).toBe(
      true,
    );
    expect(states.length).toBe(5);
    expect(t.service('web')).toMatchObject({ readyEndpoints: 3, endpoints: 5 });

    t.apply(web('nginx:1.28'));
    t.run(2 * MINUTE);
    expect(unsettled(t, { web: 4 })).toEqual([]);
    expect(t.deployment('web').revision).toBe('4');
    await expect(t.transcript).toMatchFileSnapshot('transcripts/rollout.txt');
  });

  it('that makes no progress for its deadline says so', () => {
    const t = bootedStory({ recorded: false });
    t.apply(deployment('web', { replicas: 2, image: 'nginx:does-not-exist', spec: '  progressDeadlineSeconds: 60\n' }));
    t.run(50 * SECOND);
    const progressing = () => t.deployment('web').conditions.find(({ type }) => type === 'Progressing');
    expect(progressing()).toMatchObject({ status: 'True' });
    t.run(15 * SECOND);
    expect(progressing()).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  });

  it('of type Recreate ends all old pods before the first new one begins', () => {
    const t = bootedStory({ recorded: false });
    const recreate = (image: string): string =>
      deployment('web', { replicas: 3, image, spec: '  strategy: {type: Recreate}\n' });
    t.apply(recreate('nginx:1.27'));
    t.until('web runs', () => t.readyPodsOf('web').length === 3, MINUTE);
    t.apply(recreate('nginx:1.28'));
    let mixed = false;
    t.until(
      'new pods run',
      () => {
        const unfinished = t.podsOf('web').filter(({ phase }) => phase === 'Pending' || phase === 'Running');
        const images = new Set(unfinished.map((pod) => pod.images.join()));
        if (images.size > 1) mixed = true;
        return t.readyPodsOf('web').filter(({ images }) => images.join() === 'nginx:1.28').length === 3;
      },
      2 * MINUTE,
    );
    expect(mixed).toBe(false);
  });
});
