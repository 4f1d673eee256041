/** What is said in Chinese of an attempt of the scheduler. */
import type { Catalogue } from './en';

export const zhVerdicts: Catalogue['verdicts'] = {
  summary: (attempt) => `第 ${attempt} 次尝试：各插件的结论`,
  scores: (pod) => `各节点对 ${pod} 的得分`,
  rejections: (pod) => `放不下 ${pod} 的节点`,
  node: '节点',
  nodes: '节点',
  plugin: '插件',
  reason: '原因',
  total: '总分',
  weighted: (plugin, weight) => `${plugin} ×${weight}`,
  score: (raw, normalized, weight) => `${raw} → ${normalized} → ${normalized * weight}`,
  scoreLegend: '原始 → 归一化 → 加权',
  sample: (evaluated, nodes, feasible, wanted) =>
    `${nodes} 个节点中检查了 ${evaluated} 个；${feasible} 个合适，${wanted} 个就足够`,
  tied: (tied) => `${tied} 个节点并列最高分；按 Go 堆的顺序取第一个`,
  victims: (victims) => `为腾出空间，${victims.join('、')} 必须离开`,
  more: (count) => `还有 ${count} 个`,
};
