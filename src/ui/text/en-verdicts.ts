/** What is said of an attempt of the scheduler. */
export const enVerdicts = {
  summary: (attempt: number) => `Attempt ${attempt}: what the plug-ins said`,
  scores: (pod: string) => `Scores of the nodes for ${pod}`,
  rejections: (pod: string) => `Nodes that ${pod} does not fit on`,
  node: 'Node',
  nodes: 'Nodes',
  plugin: 'Plug-in',
  reason: 'Reason',
  total: 'Total',
  weighted: (plugin: string, weight: number) => `${plugin} ×${weight}`,
  score: (raw: number, normalized: number, weight: number) => `${raw} → ${normalized} → ${normalized * weight}`,
  scoreLegend: 'raw → normalised → weighted',
  sample: (evaluated: number, nodes: number, feasible: number, wanted: number) =>
    `${evaluated} of ${nodes} nodes looked at; ${feasible} fit, ${wanted} would have been enough`,
  tied: (tied: number) => `${tied} share the greatest total; the first in the order of Go's heap is chosen`,
  victims: (victims: readonly string[]) => `To make room ${victims.join(', ')} must leave`,
  more: (count: number) => `and ${count} more`,
};
