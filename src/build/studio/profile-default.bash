export HAB_BINLINK_DIR=/hab/bin
alias grep='grep --color=auto'
# The original hands its spaces over as this.
if [[ -n "${HAB_STUDIO_SUP:-}" ]]; then HAB_STUDIO_SUP="${HAB_STUDIO_SUP//__sp__/ }"; fi

# sup-run ARGUMENT...: a Supervisor in the background, until the studio is left.
sup-run() {
  local log=/hab/sup/default/sup.log
  mkdir -p "${log%/*}"
  printf -- '--> Launching the Habitat Supervisor in the background...\n    Running: hab sup run %s\n' "$*"
  hab sup run "$@" >"$log" 2>&1 </dev/null &
  disown
  printf '    * Use `hab svc start` & `hab svc stop` to start and stop services\n'
  printf '    * Use `sup-log` to tail the output of the Supervisor (Ctrl+c to stop)\n'
  printf '    * Use `sup-term` to terminate the Supervisor\n'
}

# sup-term: ends the Supervisor and its services.
sup-term() {
  hab sup term
}

# sup-log: what the Supervisor says, as it says it.
sup-log() {
  tail -n +1 -f /hab/sup/default/sup.log
}

alias sr=sup-run st=sup-term sl=sup-log

if [[ -n "${STUDIO_ENTER:-}" ]]; then
  unset STUDIO_ENTER
  . /etc/profile.enter
fi
if [[ $- == *i* ]]; then eval "$(hab cli completers --shell bash)"; fi
