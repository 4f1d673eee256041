/** An image that no registry has: its pods never start, and the Deployment says why. */
import type { SampleApp } from './sample-app';

export const brokenImage: SampleApp = {
  name: 'broken-image',
  manifest: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: typo
spec:
  replicas: 2
  progressDeadlineSeconds: 120
  selector:
    matchLabels:
      app: typo
  template:
    metadata:
      labels:
        app: typo
    spec:
      containers:
        - name: server
          image: nginx:does-not-exist
`,
};
