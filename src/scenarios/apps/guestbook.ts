/** Three tiers: a front end that reads from followers and writes to a leader. */
import type { SampleApp } from './sample-app';

interface Tier {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly replicas: number;
  readonly cpu: string;
  readonly memory: string;
}

const tier = ({ name, image, port, replicas, cpu, memory }: Tier): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    app: guestbook
    tier: ${name}
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: guestbook
      tier: ${name}
  template:
    metadata:
      labels:
        app: guestbook
        tier: ${name}
    spec:
      containers:
        - name: ${name}
          image: ${image}
          ports:
            - containerPort: ${port}
          resources:
            requests:
              cpu: ${cpu}
              memory: ${memory}
---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels:
    app: guestbook
    tier: ${name}
spec:
  selector:
    app: guestbook
    tier: ${name}
  ports:
    - port: ${port}
`;

export const guestbook: SampleApp = {
  name: 'guestbook',
  manifest: [
    tier({ name: 'redis-leader', image: 'redis:7.4', port: 6379, replicas: 1, cpu: '200m', memory: '128Mi' }),
    tier({ name: 'redis-follower', image: 'redis:7.4', port: 6379, replicas: 2, cpu: '100m', memory: '128Mi' }),
    tier({ name: 'frontend', image: 'nginx:1.27', port: 80, replicas: 3, cpu: '100m', memory: '100Mi' }),
  ].join('---\n'),
};
