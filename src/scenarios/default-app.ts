/** The app that a new cluster starts with: a web server and a cache, each behind a Service. As objects: no text is to be read at a start. */
import type { JsonObject } from '#engine/api/json';

interface Part {
  readonly app: string;
  readonly replicas: number;
  readonly container: { readonly name: string; readonly image: string; readonly readinessProbe?: JsonObject };
  readonly port: { readonly name: string; readonly number: number };
  readonly memory: string;
}

const deployment = ({ app, replicas, container, port, memory }: Part): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app, labels: { app } },
  spec: {
    replicas,
    selector: { matchLabels: { app } },
    template: {
      metadata: { labels: { app } },
      spec: {
        containers: [
          {
            ...container,
            ports: [{ name: port.name, containerPort: port.number }],
            resources: { requests: { cpu: '100m', memory } },
          },
        ],
      },
    },
  },
});

const service = ({ app, port }: Part): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: app, labels: { app } },
  spec: { selector: { app }, ports: [{ name: port.name, port: port.number, targetPort: port.name }] },
});

const web: Part = {
  app: 'web',
  replicas: 6,
  container: {
    name: 'nginx',
    image: 'nginx:1.27',
    readinessProbe: { httpGet: { path: '/', port: 'http' }, periodSeconds: 5 },
  },
  port: { name: 'http', number: 80 },
  memory: '64Mi',
};

const cache: Part = {
  app: 'cache',
  replicas: 2,
  container: { name: 'redis', image: 'redis:7.4' },
  port: { name: 'redis', number: 6379 },
  memory: '128Mi',
};

export const defaultApp: readonly JsonObject[] = [web, cache].flatMap((part) => [deployment(part), service(part)]);
