/**
 * What each shell runs to complete: `wsgen --get-yargs-completions wsgen <words…>`, which prints one suggestion per line.
 * yargs tells the shell by $SHELL, which is the login shell; so each script says its own.
 */
export const completionScripts = {
  bash: `# wsgen completion for bash: wsgen completion bash >> ~/.bashrc
_wsgen_completions() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(SHELL=bash wsgen --get-yargs-completions "\${COMP_WORDS[@]}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _wsgen_completions wsgen
`,
  zsh: `#compdef wsgen
# wsgen completion for zsh: wsgen completion zsh >> ~/.zshrc, behind compinit
_wsgen_completions() {
  local -a reply
  reply=("\${(@f)$(SHELL=zsh wsgen --get-yargs-completions "\${words[@]}" 2>/dev/null)}")
  if [[ -n "\${reply[*]}" ]]; then _describe 'wsgen' reply; else _files; fi
}
compdef _wsgen_completions wsgen
`,
  fish: `# wsgen completion for fish: wsgen completion fish > ~/.config/fish/completions/wsgen.fish
function __wsgen_completions
  set -l words (commandline -opc) (commandline -ct)
  SHELL=fish wsgen --get-yargs-completions $words 2>/dev/null
end
complete -c wsgen -f -a '(__wsgen_completions)'
`,
} as const;
