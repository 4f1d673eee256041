/** 关于集群定律以及寻找违反定律的种子的文字。 */
import type { enLaws } from './en-laws';

export const zhLaws: typeof enLaws = {
  title: '集群的定律',
  close: '收起指示灯',
  kept: '成立',
  broken: '被违反',
  since: (clock) => `自 ${clock} 起每一步之后都检查。`,
  moment: (clock) => `前往 ${clock}`,
  asking: '正在检查…',
  law: {
    'one-leader': { name: '唯一领导者', text: 'Raft 的每个任期内最多有一个 etcd 成员是领导者。' },
    'nothing-lost': { name: '没有丢失', text: 'etcd 已提交的内容，任何领导者都仍然知道。' },
    'bound-once': { name: '只绑定一次', text: '已绑定到节点的 Pod 一直绑定在该节点。' },
    'one-of-a-name': { name: '同名唯一', text: '任何时候都没有两个同名的 Pod 同时运行。' },
    allocatable: { name: '容量足够', text: '节点上运行的 Pod 所请求的资源不超过节点可分配的资源。' },
    budgets: { name: '遵守预算', text: '没有干扰预算的许可，API 不会驱逐健康的 Pod。' },
    'one-address': { name: '地址唯一', text: '没有两个 Service 使用同一个地址。' },
    agreement: { name: '说法一致', text: '最后一次故障十分钟之后，API 所说的与实际运行的一致。' },
  },
  find: '寻找违反定律的种子',
  stop: '停止寻找',
  findHint: '在后台用其他种子重演这里所做的一切。',
  chance: '加入随机故障',
  searching: (seed) => `种子 ${seed} …`,
  none: (seeds) => `试了 ${seeds} 个种子，所有定律都成立。`,
  found: (seed, name, clock) => `种子 ${seed} 在 ${clock} 违反了“${name}”。`,
  open: '打开该运行',
};
