import { describe, expect, it } from 'vitest';
import { pod } from '../testing/builders';
import { byService } from './by-service';
import { facts, service, told } from './testing-facts';

describe('the stage by service', () => {
  it('shows what comes in, the Service and its endpoints, ready or not, and the pods that no Service sends to', () => {
    const pods = [pod('a'), pod('b', { ready: false }), pod('c'), pod('d', { namespace: 'shop' })];
    const services = [
      service('web', { ready: ['default/a'], notReady: ['default/b', 'default/gone'], createdAt: 2 }),
      service('kubernetes', { addresses: ['10.0.0.1'] }),
    ];
    const routes = [{ from: 'shop.example/pay', service: 'web' }];
    const ingresses = [
      { namespace: 'default', name: 'shop', routes },
      { namespace: 'other', name: 'stranger', routes },
    ];
    expect(told(byService(facts(pods, { services, ingresses })))).toEqual([
      '# default',
      'Service kubernetes 1/1',
      'Service web 1/2',
      '  from shop shop.example/pay',
      '  (ready) a',
      '  (not-ready) b',
      '(unserved)',
      '  · c',
      '# shop',
      '(unserved)',
      '  · d',
    ]);
  });

  it('shows a pod of two Services with both, and one that is ready on one of its ports as ready', () => {
    const services = [
      service('one', { ready: ['default/a'], notReady: ['default/a'] }),
      service('two', { ready: ['default/a'], clusterIP: 'None' }),
    ];
    const groups = byService(facts([pod('a')], { services }));
    expect(told(groups)).toEqual(['# default', 'Service one 1/1', '  (ready) a', 'Service two 1/1', '  (ready) a']);
    expect(groups[0]!.cards[1]!.note).toBe('ClusterIP · headless · 80/TCP');
  });
});
