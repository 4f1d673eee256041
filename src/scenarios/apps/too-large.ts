/** A pod that asks for more than any machine has: it waits at the scheduler, with the reason for each node. */
import type { SampleApp } from './sample-app';

export const tooLarge: SampleApp = {
  name: 'too-large',
  manifest: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: whale
spec:
  replicas: 1
  selector:
    matchLabels:
      app: whale
  template:
    metadata:
      labels:
        app: whale
    spec:
      containers:
        - name: whale
          image: redis:7.4
          resources:
            requests:
              cpu: "16"
              memory: 64Gi
`,
};
