import { expect, it } from 'vitest';
import { linksIn } from './links';

it('names of things are links, whatever stands around them', () => {
  const web = { kind: 'Pod', namespace: 'default', name: 'web-1' };
  const node = { kind: 'Node', namespace: '', name: 'node-1' };
  const things = new Map([
    ['web-1', web],
    ['node-1', node],
  ]);
  expect(linksIn('pod/web-1   1/1  Running  node-1 (node-10)', things)).toEqual([
    { at: 4, text: 'web-1', subject: web },
    { at: 26, text: 'node-1', subject: node },
  ]);
  expect(linksIn('', things)).toEqual([]);
});
