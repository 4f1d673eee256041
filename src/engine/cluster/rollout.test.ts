import { describe, expect, it } from 'vitest';
import type { ReplicaSet } from '#engine/api/types';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service, type Story } from './testing';
import { unsettled } from './testing-invariants';

const web = (image: string): string => deployment('web', { replicas: 10, image });

const REVISION = 'deployment.kubernetes.io/revision';
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/web';

/** `kubectl rollout undo`: the template of the revision before. @source kubectl pkg/polymorphichelpers/rollback.go */
function undo(t: Story, revision: string): void {
  const sets = t.request('GET', '/apis/apps/v1/namespaces/default/replicasets').body as {
    readonly items: ReplicaSet[];
  };
  const { template } = sets.items.find(({ metadata }) => metadata.annotations?.[REVISION] === revision)!.spec;
  const { 'pod-template-hash': _, ...labels } = template.metadata!.labels!;
  const value = { ...template, metadata: { ...template.metadata, labels } };
  const body = [{ op: 'replace', path: '/spec/template', value }];
  expect(t.request('PATCH', DEPLOYMENT, { contentType: 'application/json-patch+json', body }).ok).toBe(true);
}

/** What the Deployment has done to its ReplicaSets, in its words, without their hashes. */
const scalings = (t: Story): readonly string[] => {
  const hashes: string[] = [];
  return t.lines.flatMap((line) => {
    const [, said = '', hash = '', counts = ''] =
      /(Scaled \w+) replica set web-(\w+) (from \d+ to \d+)/.exec(line) ?? [];
    if (said === '') return [];
    if (!hashes.includes(hash)) hashes.push(hash);
    return [`${said} ${hashes.indexOf(hash) === 0 ? 'new' : 'old'} ${counts}`];
  });
};

describe('a rolling update', () => {
  it('replaces ten pods within its bounds, stops at a broken image, and goes back, as the golden transcript tells', async () => {
    const t = bootedStory();
    t.apply(manifests(web('nginx:1.27'), service('web')));
    t.until('web runs', () => t.readyPodsOf('web').length === 10, MINUTE);
    t.run(15 * SECOND);
    t.forget();

    t.apply(web('nginx:1.28'));
    let fewest = 10;
    let most = 10;
    t.until(
      'web is rolled out',
      () => {
        const all = t.podsOf('web').filter(({ deletionAt }) => deletionAt === null);
        fewest = Math.min(fewest, t.readyPodsOf('web').length);
        most = Math.max(most, all.length);
        const isNew = all.every(({ images }) => images.join() === 'nginx:1.28');
        return isNew && all.length === 10 && t.deployment('web').updated === 10 && t.deployment('web').available === 10;
      },
      2 * MINUTE,
    );
    // maxSurge 25 % of 10 is rounded up to 3, maxUnavailable 25 % down to 2.
    expect({ fewest, most }).toEqual({ fewest: 8, most: 13 });
    const steps = scalings(t);
    expect(steps.slice(0, 3)).toEqual([
      'Scaled up new from 0 to 3',
      'Scaled down old from 10 to 8',
      'Scaled up new from 3 to 5',
    ]);
    expect(steps.filter((step) => step.includes('new')).at(-1)).toMatch(/to 10$/);
    expect(steps.at(-1)).toMatch(/^Scaled down old from \d to 0$/);
    t.run(40 * SECOND);
    expect(unsettled(t, { web: 10 })).toEqual([]);

    t.apply(web('nginx:does-not-exist'));
    t.run(4 * MINUTE);
    const states = t
      .podsOf('web')
      .map(({ images, status }) => `${images.join()} ${status}`)
      .sort();
    // minAvailable 8 old pods stay; maxTotal 13 leaves room for five new ones.
    expect(states.slice(0, 8)).toEqual(Array(8).fill('nginx:1.28 Running'));
    expect(states.slice(8).every((state) => /^nginx:does-not-exist (ErrImagePull|ImagePullBackOff)$/.test(state))).toBe(
      true,
    );
    expect(states.length).toBe(13);
    expect(t.service('web')).toMatchObject({ readyEndpoints: 8, endpoints: 13 });

    undo(t, '2');
    t.run(2 * MINUTE);
    expect(unsettled(t, { web: 10 })).toEqual([]);
    expect(new Set(t.podsOf('web').flatMap(({ images }) => images))).toEqual(new Set(['nginx:1.28']));
    // The ReplicaSet of revision 2 is used again, under the highest number.
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
