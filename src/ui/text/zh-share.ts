/** 分享运行以及打开分享时的文字。 */
import type { enShare } from './en-share';

export const zhShare: typeof enShare = {
  title: '分享这次运行',
  close: '关闭',
  making: '正在记录所做的一切……',
  link: '链接',
  linkHint: (characters) => `${characters} 个字符。打开它的人会重放同一次运行：相同的种子、相同的输入、相同的哈希。`,
  tooLong: (characters, most) =>
    `作为链接，这次运行会有 ${characters} 个字符，超过 ${most}，多数聊天工具会截断它。请分享文件。`,
  copyLink: '复制链接',
  copied: '已复制',
  file: '保存为文件',
  manifests: '保存清单（YAML）',
  report: '复制错误报告',
  picture: '保存舞台图片',
  drawing: '正在绘制……',
  noPicture: (reason) => `无法生成图片：${reason}。`,
  import: '打开文件……',
  notOpened: (reason) => `这不是可以打开的运行：${reason}。`,
  damagedLink: (reason) => `地址中的链接已损坏：${reason}。这是一个新集群。`,
  otherVersion: (reason) => `地址中的链接来自其他版本：${reason}。这是一个新集群。`,
  replayed: '这是分享来的运行：它以完全相同的状态结束。',
  replayedOtherwise: '这是分享来的运行，但结束时的状态与记录的不同。请报告此问题。',
};
