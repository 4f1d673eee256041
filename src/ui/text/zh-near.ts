/** `en-near.ts` in simplified Chinese. */
import type { enNear } from './en-near';

const PROBES: Readonly<Record<string, string>> = { startup: '启动', liveness: '存活', readiness: '就绪' };
const STATES = { waiting: '等待', running: '运行', terminated: '已终止' } as const;

export const zhNear: typeof enNear = {
  containers: '容器',
  role: { init: 'Init', sidecar: '边车', main: '', ephemeral: '临时' },
  state: (state, reason) => (reason === '' ? STATES[state] : `${STATES[state]}：${reason}`),
  ready: (ready) => (ready ? '就绪' : '未就绪'),
  restarts: (times) => `重启 ${times} 次`,
  probes: (probes) => `${probes.map((probe) => PROBES[probe] ?? probe).join('、')}探针`,
};
