import { problem } from "../diagnostics/diagnostic.js";
import { type CommandResult, createTextResult, refuse } from "../run/result.js";

/** `wsgen completion`: prints the script for a shell. Default: the user's shell. */
export function completionCommand(shell: keyof typeof completionScripts | undefined): CommandResult {
  const own = process.env.SHELL ?? "";
  const shells = Object.keys(completionScripts) as (keyof typeof completionScripts)[];
  const used = shell ?? shells.find((name) => own.endsWith(name));
  if (used !== undefined) {
    const text = completionScripts[used];
    return createTextResult("completion", { text, json: { shell: used, text } });
  }
  const fix = "Pass a shell: `wsgen completion bash`, `wsgen completion zsh` or `wsgen completion fish`.";
  return refuse("completion", [
    problem("usage", { message: `wsgen has no completion for the shell '${own}'.`, fix }),
  ]);
}

/**
 * The completion script of each shell. It runs `wsgen --get-yargs-completions wsgen <words…>`, which prints one suggestion per
 * line. yargs reads the shell from $SHELL, which is the login shell, so each script sets it to its own. Names come from a spec
 * that may not be trusted: no script may let the shell expand them, neither during completion nor when the line runs. Bash's
 * `compgen -W` would.
 */
export const completionScripts = {
  bash: `# wsgen completion for bash: wsgen completion bash >> ~/.bashrc
_wsgen_completions() {
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} reply words current kept=
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=\${words[\${#words[@]} - 1]}
  # Bash breaks words at colons, and replaces only what follows the last one.
  [[ $current == *:* && $COMP_WORDBREAKS == *:* ]] && kept=\${current%"\${current##*:}"}
  COMPREPLY=()
  while IFS= read -r reply; do
    [[ $reply == "$current"* ]] || continue
    reply=\${reply#"$kept"}
    [[ $reply == *[^[:alnum:]_./:@%+=,-]* ]] && printf -v reply %q "$reply"
    COMPREPLY+=("$reply")
  done < <(SHELL=bash wsgen --get-yargs-completions "\${words[@]}" 2>/dev/null)
}
complete -o bashdefault -o default -F _wsgen_completions wsgen
`,
  zsh: `#compdef wsgen
# wsgen completion for zsh: wsgen completion zsh >> ~/.zshrc, after compinit
_wsgen_completions() {
  local -a reply
  reply=("\${(@f)$(SHELL=zsh wsgen --get-yargs-completions "\${(@)words[1,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${reply[*]}" ]]; then _describe 'wsgen' reply; else _files; fi
}
compdef _wsgen_completions wsgen
`,
  fish: `# wsgen completion for fish: wsgen completion fish > ~/.config/fish/completions/wsgen.fish
function __wsgen_completions
  set -l words (commandline -opc) (commandline -ct)
  set -l replies (SHELL=fish wsgen --get-yargs-completions $words 2>/dev/null)
  if test (count $replies) -gt 0
    printf '%s\\n' $replies
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c wsgen -f -a '(__wsgen_completions)'
`,
} as const;
