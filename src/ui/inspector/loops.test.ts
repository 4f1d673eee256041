import { expect, it } from 'vitest';
import { isOfLoops, loopsOf } from './loops';

it('reads loops from the facts of a controller manager, who has planned last first', () => {
  const facts = {
    role: 'leader',
    'queue:job': 0,
    'queue:deployment': 2,
    'queue:cronjob': 0,
    'plan:cronjob': '5000000 default/tick create 1 Job',
    'plan:deployment': '7000000 default/web web is to have 3 replicas',
  };
  expect(loopsOf(facts)).toEqual([
    { name: 'deployment', length: 2, plan: { at: 7_000_000, key: 'default/web', why: 'web is to have 3 replicas' } },
    { name: 'cronjob', length: 0, plan: { at: 5_000_000, key: 'default/tick', why: 'create 1 Job' } },
    { name: 'job', length: 0, plan: null },
  ]);
  expect(Object.keys(facts).filter((fact) => !isOfLoops(fact))).toEqual(['role']);
});
