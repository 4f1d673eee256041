/** `en-objects.ts` in simplified Chinese. */
import type { enObjects } from './en-objects';

export const zhObjects: typeof enObjects = {
  arrange: '排列方式',
  by: { machine: '机器', workload: '工作负载', service: 'Service' },
  byHint: {
    machine: '按机器：什么运行在哪里（1）',
    workload: '按工作负载：谁创建了哪些 Pod（2）',
    service: '按 Service：谁把请求发给哪些 Pod（3）',
  },
  addZone: (zone) => `添加 ${zone} 和一台工作机器`,
  card: {
    bare: '裸 Pod',
    static: '静态 Pod',
    unserved: '不属于任何 Service 的 Pod',
    claims: '没有 Pod 使用的 PVC',
  },
  line: { ready: '就绪', 'not-ready': '未就绪', claims: 'PVC' },
  count: (ready, desired) => `${ready}/${desired}`,
  cardLabel: (kind, name, ready, desired) =>
    ready === null ? `${kind} ${name}` : `${kind} ${name}，${ready}/${desired} 就绪`,
  podsOf: (name, pods) => `${name} 的 Pod：${pods}`,
  more: (pods) => `另有 ${pods} 个 Pod`,
  none: '没有 Pod',
  silent: (pods) => `${pods} 个端点没有应答`,
  namespace: (name, cards, pods) => `命名空间 ${name}，${cards} 张卡片，${pods} 个 Pod`,
  tile: (ready, pods) => `${ready}/${pods} 个 Pod 就绪`,
  open: (namespace) => `展开 ${namespace}`,
  close: (namespace) => `收起 ${namespace}`,
  mounted: (machines) => `在 ${machines.join('、')}`,
  stillMounted: (machines) => `实际仍挂载于 ${machines.join('、')}`,
  notMounted: (nodes) => `已挂接到 ${nodes.join('、')}，但那里无人挂载`,
  unbound: '没有卷',
  nothing: { workload: '还没有工作负载', service: '还没有 Service' },
  failed: (reason) => `无法读取对象之间的关系：${reason}`,
};
