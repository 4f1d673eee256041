/** 浏览器中保存的集群。 */
import type { enClusters } from './en-clusters';

export const zhClusters: typeof enClusters = {
  title: '此浏览器中的集群',
  close: '关闭',
  current: '当前打开',
  name: '名称',
  namePlaceholder: '例如：周二的培训',
  keep: '用这个名称',
  copy: '在副本中继续',
  unnamed: (scenario, seed) => `${scenario} · 种子 ${seed}`,
  facts: (clock, machines, kept) => `位于 ${clock} · 起始 ${machines} 台机器 · 保存于 ${kept}`,
  taken: (name) => `已有集群名为“${name}”。请换一个名称，或先删除那一个。`,
  open: (name) => `打开 ${name}`,
  file: (name) => `将 ${name} 另存为文件`,
  remove: (name) => `删除 ${name}`,
  reallyRemove: (name) => `确定永久删除 ${name}？`,
  openElsewhere: (name) => `${name} 正在另一个标签页中打开，请先在那里关闭它。`,
  otherVersion: (name) => `${name} 由另一个版本的 Kubarium 保存，此版本无法读取。`,
  none: '没有保存其他集群。给这个集群取个名称，下一个就不会取代它。',
  begin: '新建集群',
  startsAs: '起始集群',
  start: '启动',
  import: '打开文件……',
  automatic: '每个集群都会自动保存：每隔几秒一次，关闭标签页时也会保存。',
  room: (used, most) => `已使用 ${used}，共 ${most}。`,
};
