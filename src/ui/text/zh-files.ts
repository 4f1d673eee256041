/** What is said in Chinese of files that are dropped on the page. */
import type { enFiles } from './en-files';

export const zhFiles: typeof enFiles = {
  pasted: '粘贴的内容',
  noText: (file) => `${file} 不是文本，因此不是清单。`,
  empty: (file) => `${file} 是空的。`,
  tooLarge: (file, bytes, most) =>
    `${file} 至少有 ${bytes.toLocaleString('en')} 字节；API 服务器一次请求最多接受 ${most.toLocaleString('en')} 字节。`,
};
