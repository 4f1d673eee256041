/** `kubectl completion SHELL`: scripts, of our own, that ask `kubectl __complete` what may stand at the cursor. @source kubernetes kubectl/pkg/cmd/completion/completion.go (what it refuses) */
import { usage } from '../call/context';
import type { Command } from './command';

const BASH = String.raw`# Completion of kubectl for bash: source <(kubectl completion bash)
__kubectl_candidates() {
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  kubectl __complete "\${words[@]}" 2>/dev/null | while IFS= read -r line; do
    case "$line" in
      :[0-9]*) break ;;
      *) printf '%s\n' "\${line%%$'\t'*}" ;;
    esac
  done
}

__kubectl_complete() {
  local word=\${COMP_WORDS[COMP_CWORD]} candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    [[ $candidate == "$word"* ]] && COMPREPLY+=("$(printf '%q' "$candidate")")
  done < <(__kubectl_candidates)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[=/] ]]; then
    compopt -o nospace 2>/dev/null
  fi
}

complete -o default -F __kubectl_complete kubectl
`;

const ZSH = String.raw`#compdef kubectl
# Completion of kubectl for zsh: source <(kubectl completion zsh)
_kubectl() {
  local line
  local -a candidates endless
  while IFS= read -r line; do
    [[ $line == :[0-9]* ]] && break
    line=\${line%%$'\t'*}
    if [[ $line == *[=/] ]]; then endless+=("$line"); else candidates+=("$line"); fi
  done < <(kubectl __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  compadd -- "\${candidates[@]}"
  compadd -S '' -- "\${endless[@]}"
}

if [[ "\${funcstack[1]}" == "_kubectl" ]]; then
  _kubectl "$@"
else
  compdef _kubectl kubectl
fi
`;

const FISH = String.raw`# Completion of kubectl for fish: kubectl completion fish | source
function __kubectl_candidates
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -l word (commandline --current-token --cut-at-cursor)
    for line in (kubectl __complete $words[2..-1] "$word" 2>/dev/null)
        string match --quiet --regex '^:[0-9]+$' -- $line; and break
        echo $line
    end
end

complete --command kubectl --erase
complete --command kubectl --no-files --arguments '(__kubectl_candidates)'
`;

const POWERSHELL = String.raw`# Completion of kubectl for PowerShell: kubectl completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName kubectl -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
        Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { $_.ToString() })
    $words += [string]$wordToComplete
    foreach ($line in (kubectl __complete @words 2>$null)) {
        if ($line -match '^:\d+$') { break }
        $name = ($line -split "\t", 2)[0]
        [System.Management.Automation.CompletionResult]::new($name, $name, 'ParameterValue', $name)
    }
}
`;

const SCRIPTS: Readonly<Record<string, string>> = {
  bash: BASH.replaceAll('\\$', '$'),
  fish: FISH,
  powershell: POWERSHELL,
  zsh: ZSH.replaceAll('\\$', '$'),
};

export const completionCommand: Command = {
  // oxlint-disable-next-line require-yield -- it asks for nothing
  *run(call) {
    const { args } = call.flags;
    const [shell] = args;
    if (shell === undefined) throw usage(call, 'Shell not specified.');
    if (args.length > 1) throw usage(call, 'Too many arguments. Expected only the shell type.');
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined) throw usage(call, `Unsupported shell type ${JSON.stringify(shell)}.`);
    call.kubectl.out(script);
    return 0;
  },
};
