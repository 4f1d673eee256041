/** What is said in Chinese of the etcd group, of several control planes, and of the faults of a machine. */
import type { Catalogue } from './en';

export const zhGroup: Catalogue['group'] = {
  name: 'etcd',
  led: (machine, term) => `${machine} 为领导者 · 任期 ${term}`,
  electing: (term) => `没有领导者：正在选举 · 任期 ${term}`,
  members: (alive, all) => `${all} 个成员中 ${alive} 个存活`,
  spare: (members) => (members === 0 ? '不能再失去成员' : `还可以失去 ${members} 个`),
  append: '追加日志',
  vote: '投票',
  lost: (gone, all) => `${all} 个成员中有 ${gone} 个不在：无法写入；正在运行的 Pod 继续运行。`,
  powerOn: (missing) => `给 ${missing} 个控制平面通电。`,
  wait: '足够多的成员运行后，它会继续工作。',
  parted: (needed, all) =>
    `${all} 个成员中没有 ${needed} 个能互相连通：没有领导者，无法写入；正在运行的 Pod 继续运行。`,
  healCut: '恢复网络',
  cut: (one, other) => `切断 ${one} 与 ${other} 之间的网络`,
  mend: (one, other) => `恢复 ${one} 与 ${other} 之间的网络`,
};

export const zhMachineFaults: Catalogue['machineFault'] = {
  do: {
    'disk-full': '填满磁盘',
    'disk-slow': '让磁盘变慢',
    'disk-corrupt': '损坏 etcd 的日志',
    'memory-pressure': '占用内存',
  },
  undo: {
    'disk-full': '清空磁盘',
    'disk-slow': '恢复全速',
    'disk-corrupt': '修复 etcd 的日志',
    'memory-pressure': '归还内存',
  },
  notice: {
    'disk-full': (machine) => `${machine} 的磁盘已满：无法再写入。`,
    'disk-slow': (machine) => `${machine} 的磁盘每次同步都超过一秒。`,
    'disk-corrupt': (machine) => `${machine} 上 etcd 的日志已损坏，下次启动时会发现。`,
    'memory-pressure': (machine) => `${machine} 的内存只剩 50 MiB。它的 kubelet 每十秒检查一次。`,
  },
  wipeEtcd: '删除 etcd 的数据',
  etcdWiped: (machine) =>
    `${machine} 上的 etcd 忘记了一切。有其他成员时，它不能以原来的身份回来：移除这台机器，再添加一个控制平面。`,
};

type Members = Pick<
  Catalogue['parts'],
  | 'logIndex'
  | 'commitIndex'
  | 'role'
  | 'term'
  | 'logTail'
  | 'logTo'
  | 'committedTo'
  | 'follows'
  | 'noLeader'
  | 'votes'
  | 'vote'
  | 'progress'
  | 'leads'
  | 'waitsFor'
  | 'by'
  | 'work'
  | 'writesAt'
  | 'controllers'
>;

export const zhMembers: Members = {
  logIndex: '日志',
  commitIndex: '提交',
  role: { leader: '领导者', follower: '跟随者', candidate: '候选者', 'pre-candidate': '预候选者', learner: '学习者' },
  term: (term) => `任期 ${term}`,
  logTail: ({ lastIndex, commitIndex, appliedIndex }) =>
    `日志至 ${lastIndex}，已提交至 ${commitIndex}，已应用至 ${appliedIndex}`,
  logTo: (index) => `日志 ${index}`,
  committedTo: (index) => `提交 ${index}`,
  follows: (machine) => `跟随 ${machine}`,
  noLeader: '不知道领导者',
  votes: (granted, voters) => `票数 ${granted}/${voters}`,
  vote: (member, granted) => `${member}：${granted === undefined ? '尚未回应' : granted ? '投了赞成票' : '投了反对票'}`,
  progress: ({ state, matchIndex, inFlight, active }, member) =>
    [
      `${member}：日志已到 ${matchIndex}`,
      inFlight > 0 ? `${inFlight} 条追加在途` : '',
      state === 'snapshot' ? '正在发送快照' : '',
      active ? '' : '无响应',
    ]
      .filter((part) => part !== '')
      .join('，'),
  leads: '领导者',
  waitsFor: (holder) => (holder === null ? '等待租约' : `领导者为 ${holder}`),
  by: (machine) => `由 ${machine}`,
  work: (watches, writes) => `${watches} 个监视 · ${writes}/秒`,
  writesAt: (writes) => `每秒 ${writes} 次写入`,
  controllers: '控制器',
};
