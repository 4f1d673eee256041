import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '#engine/kernel/time';
import type { KubeObject } from '#engine/api/types';
import { newEngine } from './engine';
import { bootedStory } from './testing';
import { DEFAULT_CLUSTER } from './topology';

/** The example of https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/, made smaller. */
const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: crontabs.stable.example.com}
spec:
  group: stable.example.com
  scope: Namespaced
  names: {plural: crontabs, singular: crontab, kind: CronTab}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                cronSpec: {type: string}
                images: {type: array, items: {type: string}}
`;
const tab = (images: string): string => `apiVersion: stable.example.com/v1
kind: CronTab
metadata: {name: mine}
spec: {cronSpec: "* * * * */5", images: ${images}}
`;
const PATH = '/apis/stable.example.com/v1/namespaces/default/crontabs/mine';

describe('a manifest of a kind that somebody has defined', () => {
  it('is refused before, then created, changed by replacing lists, and found unchanged', () => {
    const t = bootedStory({ recorded: false });
    const early = t.apply(tab('[a]'));
    expect(early.error).toBe(
      'error: resource mapping not found for name: "mine" namespace: "" from "STDIN": no matches for kind "CronTab" in version "stable.example.com/v1"\nensure CRDs are installed first',
    );
    expect(early.positions[0]).toMatchObject({ line: 2, column: 1 });

    expect(t.apply(DEFINITION)).toMatchObject({ ok: true });
    t.run(5 * SECOND);
    expect(t.apply(tab('[a]'))).toMatchObject({ ok: true, output: 'crontab.stable.example.com/mine created' });
    expect(t.apply(tab('[b, c]')).output).toBe('crontab.stable.example.com/mine configured');
    expect(t.apply(tab('[b, c]')).output).toBe('crontab.stable.example.com/mine unchanged');
    const made = t.request('GET', PATH).body as KubeObject & { spec: unknown };
    expect(made.spec).toEqual({ cronSpec: '* * * * */5', images: ['b', 'c'] });

    const invalid = t.apply(tab('[1]'));
    expect(invalid.error).toContain('spec.images[0]: Invalid value: "integer"');
    expect(invalid.positions[0]).toMatchObject({ line: 4 });
  });

  it('stands beside what can be applied: that is applied all the same', () => {
    const t = bootedStory({ recorded: false });
    const answer = t.apply(`${tab('[a]')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n`);
    expect(answer.ok).toBe(false);
    expect(answer.output).toBe('configmap/good created');
  });

  it('on its way is saved with the run', () => {
    const t = bootedStory({ recorded: false });
    const manifest = `${tab('[a]')}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n`;
    const at = t.engine.input({ type: 'apply', ticket: 'kept', manifest });
    t.engine.run(at + MILLISECOND, { events: Infinity });
    const restored = newEngine({ seed: 1, cluster: DEFAULT_CLUSTER });
    restored.restore(structuredClone(t.engine.save()));
    for (const engine of [t.engine, restored]) engine.run(at + 10 * SECOND, { events: Infinity });
    expect(restored.hash()).toBe(t.engine.hash());
    const { answers } = t.engine.observe(null);
    expect(answers.find(({ ticket }) => ticket === 'kept')).toMatchObject({ output: 'configmap/good created' });
  });
});
