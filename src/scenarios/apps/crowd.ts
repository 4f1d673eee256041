/** More replicas than a small cluster has room for: it fills up, the rest waits. */
import type { SampleApp } from './sample-app';

export const crowd: SampleApp = {
  name: 'crowd',
  manifest: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: crowd
spec:
  replicas: 200
  selector:
    matchLabels:
      app: crowd
  template:
    metadata:
      labels:
        app: crowd
    spec:
      containers:
        - name: worker
          image: nginx:1.27
          resources:
            requests:
              cpu: 100m
              memory: 32Mi
`,
};
