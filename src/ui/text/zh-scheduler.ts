/** What is said in Chinese of a scheduler at work. */
import type { Catalogue } from './en';

export const zhScheduler: Catalogue['scheduler'] = {
  queues: '队列',
  active: '活动',
  backoff: '退避',
  unschedulable: '不可调度',
  withGated: (pods, gated) => (gated === 0 ? `${pods}` : `${pods}，其中 ${gated} 个被门控`),
  binding: '正在绑定',
  scheduled: '已绑定',
  failed: '失败的尝试',
  attempts: '最近的尝试',
  none: '还没有尝试过任何 Pod。',
  pod: 'Pod',
  outcome: '结果',
  fit: '合适',
  goes: (node) => `→ ${node}`,
  nominated: (node) => `提名到 ${node}`,
  unfit: '无处可放',
  sample: (feasible, evaluated) => `${evaluated} 个中的 ${feasible} 个`,
};
