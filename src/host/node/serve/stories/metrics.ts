/** What kubectl says of metrics: without metrics-server, while it starts, and once it has something to tell. */
import { METRICS_SERVER } from '#engine/cluster/addons';
import { run, type StorySet } from '../story';

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: nginx, image: 'nginx:1.27'}
      - {name: cache, image: 'redis:7.4'}
`;

export const METRICS: StorySet = {
  nodes: 2,
  zones: 1,
  files: { 'components.yaml': METRICS_SERVER },
  stories: {
    metrics: [
      run('top nodes'),
      run('apply -f -', { stdin: WEB }),
      run('apply -f components.yaml'),
      '+6s',
      run('get apiservice v1beta1.metrics.k8s.io'),
      run('top nodes'),
      run('get --raw /apis/metrics.k8s.io/v1beta1/nodes'),
      '+70s',
      run('get pods -n kube-system -l k8s-app=metrics-server'),
      run('get apiservice v1beta1.metrics.k8s.io'),
      run('api-resources --api-group=metrics.k8s.io'),
      run('top nodes'),
      run('top pods'),
      run('top pods --containers --sum'),
      run('top pods -A --sort-by=memory --no-headers -l component'),
      run('top pod nothing'),
      run('get nodes.metrics.k8s.io node-1'),
      run('get --raw /apis/metrics.k8s.io/v1beta1/nodes/node-1'),
      run('auth can-i list pods.metrics.k8s.io --as=system:serviceaccount:default:default'),
      run('delete deployment -n kube-system metrics-server'),
      '+40s',
      run('get apiservice v1beta1.metrics.k8s.io'),
      run('top pods'),
    ],
  },
};
