import { expect, it } from 'vitest';
import { SECOND } from '#engine/kernel/time';
import { bootedStory } from './testing';

it('an audit policy of the cluster has its API servers tell of requests in their logs', () => {
  const auditPolicy = { rules: [{ level: 'Metadata' as const, resources: [{ resources: ['configmaps'] }] }] };
  const t = bootedStory({ recorded: false, nodes: 1, auditPolicy });
  const before = t.engine.observe(null).cursor;
  t.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: seen}\n');
  t.run(SECOND);
  const lines = t.engine
    .observe(before)
    .logs.flatMap(({ process, text }) => (process === 'control-plane-1/kube-apiserver' ? [text] : []));
  expect(lines).toContainEqual(
    expect.stringMatching(/"level":"Metadata".*"verb":"create","user":\{"username":"kubernetes-admin".*"name":"seen"/),
  );
});
