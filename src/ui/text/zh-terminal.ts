/** What is said in Chinese of the terminal, and of the commands that do what buttons do. */
import type { Catalogue } from './en';

export const zhCommand: Catalogue['command'] = {
  copy: '复制为命令',
  copied: (command) => `已复制：${command}`,
  notCopied: (command) => `浏览器不允许复制：${command}`,
  toTerminal: '放到终端',
};

export const zhTerminal: Catalogue['terminal'] = {
  name: '终端',
  input: '笔记本电脑的终端',
  resize: '终端的高度',
  close: '关闭终端（Ctrl+`）',
  paused: '时间已暂停：恢复运行后命令继续。',
  more: (count) => `…还有 ${count} 个`,
  editing: (path) => `${path} 的编辑器`,
  save: '保存并继续（Ctrl+Enter）',
  discard: '保持原样（Esc）',
};
