/** In what the laptop's kubectl, which is of version 1.35, may differ from the real one of these transcripts, which is of 1.33. */

/** Lines of both sides in a form that no longer tells one version from the other. */
const VERSIONS: readonly (readonly [RegExp, string])[] = [
  // 1.34 says where a deleted object was.
  [/^((?:\S+ )?"[^"]+" (?:force )?deleted) from \S+ namespace\b/gm, '$1'],
  // 1.34 knows `--cpu`.
  [/\n! Flag --cpu-percent has been deprecated.*/g, ''],
  // 1.34 warns of what is written into logs.
  [/^! All commands and output from this session will be recorded in container logs.*\n/gm, ''],
  // 1.34 no longer tells of what service accounts have had until 1.24.
  [/^(?:Mountable secrets|Tokens): +<none>\n/gm, ''],
  // 1.34 tells how a Service's traffic is spread.
  [/^Traffic Distribution: .*\n/gm, ''],
  // 1.34 has one format more.
  [/\bjsonpath-file,kyaml,name\b/g, 'jsonpath-file,name'],
  // 1.34 names ports.
  [/(\b\d+\/(?:TCP|UDP|SCTP)) \([\w-]+\)/g, '$1'],
  // 1.35 says which container an event is about.
  [/^( +(?:Normal|Warning) .*)\bspec\.\w+\{[\w.-]+\}: /gm, '$1'],
  // 1.35 leaves out moments that are not set.
  [/^( *)metadata:\n\1 {2}creationTimestamp: null\n(?!\1 {2})/gm, '$1metadata: {}\n'],
  [/^ *creationTimestamp: null\n/gm, ''],
];

/** What each of them says of itself, and of where it finds the server. */
const OWN: readonly (readonly [RegExp, string])[] = [
  [/^(Client|Kustomize) Version: v[\d.]+$/gm, '$1 Version: <own>'],
  [/\n! WARNING: version difference between client .*/g, ''],
  [/https:\/\/kube-apiserver:6443/g, '<server>'],
];

const plain = (text: string): string =>
  [...VERSIONS, ...OWN]
    .reduce((so, [pattern, word]) => so.replace(pattern, word), text)
    // Ages that the real one computes by the clock of its computer.
    .replace(/ +(\d+[smhdy])+( +\(x\d+ over (\d+[smhdy])+\))? +/g, '  <age>  ')
    .replace(/(?<=%\) +)(\d+[smhdy])+$/gm, '<age>')
    .replace(/\(lasts (?:(?:\d+[smhdy])+|<invalid>)\)/g, '(lasts <age>)')
    .replace(/^(\d+[smhdy])+ +/gm, '<age>  ')
    .replace(/ +<age> +/g, '  <age>  ')
    .replace(/(?<=\S) {2,}/g, '   ');

export const differs = {
  same: (_story: string, _args: string, ours: string, theirs: string): boolean => plain(ours) === plain(theirs),
};
