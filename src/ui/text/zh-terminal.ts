/** What is said in Chinese of the terminal, and of the commands that do what buttons do. */
import type { Catalogue } from './en';

export const zhCommand: Catalogue['command'] = {
  copy: '复制为命令',
  copied: (command) => `已复制：${command}`,
  notCopied: (command) => `浏览器不允许复制：${command}`,
  toTerminal: '放到终端',
  noKubectl: '电源、网线、磁盘和内存不归 kubectl 管：没有对应的命令。',
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
  browser: {
    name: '浏览器',
    address: '笔记本电脑上的地址',
    ask: '请求此页面（Enter）',
    waiting: '正在等待应答…',
    paused: '时间已暂停：恢复运行后应答才会到来。',
    empty:
      '先让笔记本电脑的一个端口通向集群：在终端中运行 kubectl port-forward deployment/web 8080:80，然后在这里请求 localhost:8080。',
    body: '应答的正文',
    cut: (letters) => `…还有 ${letters} 个字符`,
  },
};
