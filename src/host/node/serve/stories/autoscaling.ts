/** What kubectl says of an app that is scaled by its load, from `kubectl autoscale` to the last Event. */
import { run, type Happening, type StorySet } from '../story';

const PHP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: php-apache}
spec:
  selector: {matchLabels: {run: php-apache}}
  template:
    metadata: {labels: {run: php-apache}}
    spec:
      containers:
      - name: php-apache
        image: registry.k8s.io/hpa-example
        ports: [{containerPort: 80}]
        resources: {limits: {cpu: 500m}, requests: {cpu: 200m}}
---
apiVersion: v1
kind: Service
metadata: {name: php-apache, labels: {run: php-apache}}
spec:
  ports: [{port: 80}]
  selector: {run: php-apache}
`;

const traffic = (requestsPerSecond: number): Happening => ({
  words: `${requestsPerSecond} requests a second`,
  method: 'POST',
  path: 'traffic',
  body: { name: 'php-apache', requestsPerSecond },
  action: {
    type: 'traffic',
    to: { kind: 'Service', namespace: 'default', name: 'php-apache' },
    requestsPerSecond,
  },
});

export const AUTOSCALING: StorySet = {
  nodes: 3,
  zones: 1,
  addons: ['metrics-server'],
  files: {},
  stories: {
    autoscaling: [
      '+90s',
      run('top nodes'),
      run('apply -f -', { stdin: PHP }),
      run('autoscale deployment php-apache --cpu-percent=50 --min=1 --max=10'),
      run('autoscale deployment nothing --max=3'),
      run('get hpa'),
      '+60s',
      run('get hpa'),
      traffic(30),
      '+3m',
      run('get hpa'),
      run('get deployment php-apache'),
      run('top pods'),
      run('describe hpa php-apache'),
      traffic(0),
      '+4m',
      run('get hpa'),
      '+2m',
      run('get hpa'),
      run('get hpa php-apache -o yaml'),
      run(
        "get events --field-selector=involvedObject.name=php-apache,involvedObject.kind=HorizontalPodAutoscaler -o custom-columns='TYPE:.type,REASON:.reason,COUNT:.count,MESSAGE:.message'",
      ),
      run('autoscale deployment missing --name=lost --max=3 --min=2'),
      run('delete deployment php-apache'),
      '+20s',
      run("get hpa php-apache -o jsonpath='{.status.conditions[0].message}'"),
    ],
  },
};
