/** An app that is scaled by its requests: the walkthrough of prometheus-adapter, as a story. */
import { describe, expect, it } from 'vitest';
import { MINUTE } from '#engine/kernel/time';
import { PROMETHEUS_ADAPTER } from './addons';
import { bootedStory, type Story } from './testing';

const APP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: sample-app, labels: {app: sample-app}}
spec:
  replicas: 1
  selector: {matchLabels: {app: sample-app}}
  template:
    metadata:
      labels: {app: sample-app}
      annotations: {prometheus.io/scrape: "true"}
    spec:
      containers:
      - image: luxas/autoscale-demo:v0.1.2
        name: metrics-provider
        ports: [{name: http, containerPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: sample-app, labels: {app: sample-app}}
spec:
  ports: [{name: http, port: 80, targetPort: 8080}]
  selector: {app: sample-app}
`;

const autoscaler = (metric: string): string => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: sample-app}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: sample-app}
  minReplicas: 1
  maxReplicas: 10
  metrics:
  - ${metric}
`;
const OF_PODS = autoscaler(
  '{type: Pods, pods: {metric: {name: http_requests}, target: {type: AverageValue, averageValue: 500m}}}',
);
const OF_SERVICE = autoscaler(
  '{type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: sample-app}, metric: {name: http_requests}, target: {type: Value, value: "10"}}}',
);

const CUSTOM = '/apis/custom.metrics.k8s.io/v1beta2';
const PODS_METRIC = `${CUSTOM}/namespaces/default/pods/*/http_requests`;
const traffic = (t: Story, requestsPerSecond: number): void =>
  t.act({ type: 'traffic', to: { kind: 'Service', namespace: 'default', name: 'sample-app' }, requestsPerSecond });
const replicas = (t: Story): number => t.deployment('sample-app').desired;

interface Values {
  readonly items: readonly { readonly describedObject: { readonly name: string }; readonly value: string }[];
}

describe('an app that is scaled by what it tells of itself', () => {
  it('grows and shrinks by requests per pod', async () => {
    const t = bootedStory();
    t.apply(PROMETHEUS_ADAPTER);
    t.apply(APP);
    traffic(t, 0.2);
    t.run(3 * MINUTE);
    const { items } = t.request('GET', PODS_METRIC).body as Values;
    expect(items.map(({ value }) => value)).toEqual(['276m']); // 29 in 105 s: a fifth of a request a second, and the adapter's own four a minute
    t.apply(OF_PODS);
    t.run(MINUTE);
    expect(replicas(t)).toBe(1);

    traffic(t, 2);
    t.until('there are enough', () => replicas(t) >= 5, 5 * MINUTE);
    // Rates lag by their two minutes, so that there are too many at first; 2/s and the adapter's own need five.
    t.run(12 * MINUTE);
    expect(replicas(t)).toBe(5);
    traffic(t, 0);
    t.until('it shrinks', () => replicas(t) === 1, 12 * MINUTE);
    await expect(t.transcript).toMatchFileSnapshot('transcripts/custom-metrics.txt');
  });

  it('grows by the requests of its Service', () => {
    const t = bootedStory({ recorded: false });
    t.apply(PROMETHEUS_ADAPTER);
    t.apply(APP);
    t.apply(OF_SERVICE);
    traffic(t, 25);
    t.until('there are enough', () => replicas(t) === 3, 6 * MINUTE);
    t.run(3 * MINUTE);
    expect(replicas(t)).toBeGreaterThanOrEqual(3);
  });

  it('says what it does not know', () => {
    const t = bootedStory({ recorded: false });
    t.apply(PROMETHEUS_ADAPTER);
    t.apply(APP);
    t.run(3 * MINUTE);
    const messageOf = (path: string): unknown =>
      (t.request('GET', `${CUSTOM}/${path}`).body as { readonly message?: string }).message;
    expect(messageOf('namespaces/default/pods/*/fishes')).toBe('the server could not find the metric fishes for pods');
    expect(messageOf('namespaces/default/services/other/http_requests')).toBe(
      'the server could not find the metric http_requests for services other',
    );
    expect(t.request('GET', CUSTOM).body).toMatchObject({
      resources: [
        { name: 'pods/http_requests', namespaced: true },
        { name: 'services/http_requests' },
        { name: 'namespaces/http_requests', namespaced: false },
      ],
    });
  });
});
