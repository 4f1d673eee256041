/** `en-edges.ts` in simplified Chinese. */
import type { enEdges } from './en-edges';

export const zhEdges: typeof enEdges = {
  name: '对象之间的连线',
  kind: {
    ownership: '属主关系',
    selection: '选择关系',
    watches: '监听（watch）',
    calls: '按动词统计的写入',
    heartbeats: '心跳',
    raft: 'Raft',
  },
  hint: {
    ownership: '谁创建了什么，直到最上层的属主',
    selection: 'Service、PodDisruptionBudget、NetworkPolicy 选中的 Pod；HorizontalPodAutoscaler 伸缩的对象',
    watches: '谁在哪个 API 服务器上监听哪些资源',
    calls: '最近 10 虚拟秒内，谁通过哪个 API 服务器写入了什么',
    heartbeats: '每个 kubelet 在哪个 API 服务器上续约 Lease，距今多久',
    raft: '从 etcd 的 leader 到各 follower：它们的日志到了哪里',
  },
  all: '显示全部，而不只是所选对象',
  choose: '请选择要显示的内容。',
  select: '请在舞台上选择一个对象。',
  drawn: (lines, more) => (more > 0 ? `${lines} 条连线，另有 ${more} 条未画出` : `${lines} 条连线`),
};
