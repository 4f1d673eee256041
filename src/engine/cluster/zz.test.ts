import { it } from 'vitest';
import { MINUTE, SECOND } from '#engine/kernel/time';
import { bootedStory, deployment, manifests, service } from './testing';
import { clock } from './testing-transcript';
it('x', () => {
    const t = bootedStory();
    const cut = t.fault({ type: 'cut-cable', machine: 'laptop' });
    const answer = t.apply(deployment('late', {}));
    console.log(clock(t.now), answer);
    t.heal(cut);
    t.run(5 * SECOND);
    console.log(clock(t.now), t.apply(deployment('late', { replicas: 1 })));
    t.run(40 * SECOND);
    console.log(clock(t.now), t.apply(deployment('late', { replicas: 1 })));
});
