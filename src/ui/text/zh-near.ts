/** `en-near.ts` in simplified Chinese. */
import type { enNear } from './en-near';

const PROBES: Readonly<Record<string, string>> = { startup: '启动', liveness: '存活', readiness: '就绪' };
const STATES = { waiting: '等待', running: '运行', terminated: '已终止' } as const;

export const zhNear: typeof enNear = {
  containers: '容器',
  believed: '容器（API 所知）',
  role: { init: 'Init', sidecar: '边车', main: '', ephemeral: '临时' },
  state: (state, reason) => (reason === '' ? STATES[state] : `${STATES[state]}：${reason}`),
  really: {
    absent: '实际：不存在',
    created: '实际：未启动',
    running: '实际：在运行',
    paused: '实际：静止不动',
    exited: '实际：已结束',
  },
  ready: (ready) => (ready ? '就绪' : '未就绪'),
  restarts: (times) => `重启 ${times} 次`,
  probes: (probes) => `${probes.map((probe) => PROBES[probe] ?? probe).join('、')}探针`,
};
