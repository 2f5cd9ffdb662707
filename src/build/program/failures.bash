# Where a build failed: the command, its function and its line of the plan. Beyond the original, which only says that it
# failed; all of it goes to standard error, so that standard output stays as it was (docs/decisions/0030-plans.md).

# Set by main.bash to the name under which bash runs this program.
__program_file=

# _on_error STATUS COMMAND: a command failed that nothing caught. A subshell only ends: its parent fails next.
_on_error() {
  local __status="$1" __command="${2%%$'\n'*}"
  if ((BASH_SUBSHELL == 0)); then _say_failure; fi
  _on_exit "$__status"
}

# _plan_frame DEPTH: sets `__file`, `__line` and `__function` to the innermost place of the plan, or of what it sources,
# among the callers from DEPTH on; status 1 when all of them are of this program. `__helper` is the function of the program
# that the plan called there, `__default` a callback of the program on the way.
_plan_frame() {
  local index
  __file= __line= __function= __default= __helper=
  for ((index = $1; index < ${#FUNCNAME[@]}; index++)); do
    if [[ "${BASH_SOURCE[index]}" != "$__program_file" && "${BASH_SOURCE[index]}" != main ]]; then
      __file="${BASH_SOURCE[index]}"
      __line="${BASH_LINENO[index - 1]}"
      __function="${FUNCNAME[index]}"
      if [[ "$__function" == source ]]; then __function=; fi
      if ((index > $1)); then __helper="${FUNCNAME[index - 1]}"; fi
      return 0
    fi
    if [[ -z "$__default" && "${FUNCNAME[index]}" == do_* ]]; then __default="${FUNCNAME[index]}"; fi
  done
  return 1
}

# _say_failure: of the caller's `__command` and `__status`.
_say_failure() {
  local __file __line __function __default __helper __text
  if _plan_frame 3; then
    # After a function that returned a failure bash names that `return`, which is not on the line that called it.
    _line_text "$__file" "$__line"
    if [[ "$__command" == return* && "$__text" != *return* ]]; then __command="${__text:-$__helper}"; fi
    _print '' 31 "$__file:$__line: ${__function:+in $__function(): }\`$__command\` ended with status $__status" >&2
    _say_lines "$__file" "$__line"
  elif [[ -n "$__default" ]]; then
    _print '' 31 "in $__default(), which is hab's own: \`$__command\` ended with status $__status" >&2
  else
    _say_returned "${BASH_LINENO[1]}"
  fi
  return 0
}

# _say_returned LINE: a callback of the plan that ended with `return N` has no failing command, but a place. LINE is where
# this program calls it.
_say_returned() {
  local callback found __text
  # The file has no name any more; bash keeps it open under this number.
  _line_text "/proc/$$/fd/255" "$1"
  callback="$__text"
  if [[ "$callback" == '"$1"' ]]; then callback="$__phase"; fi
  if ! [[ "$callback" =~ ^do_[a-z_]+$ ]] || ! _is_function "$callback"; then return 0; fi
  found="$(shopt -s extdebug && declare -F "$callback")"
  found="${found#"$callback" }"
  if [[ "${found#* }" == "$__program_file" ]]; then return 0; fi
  _print '' 31 "${found#* }:${found%% *}: $callback() ended with status $__status" >&2
}

# _line_text FILE LINE: sets `__text` to a line without the blanks around it.
_line_text() {
  local lines=()
  __text=
  if [[ ! -f "$1" ]] || (($2 < 1)); then return 0; fi
  mapfile -t -s "$(($2 - 1))" -n 1 lines <"$1" || return 0
  __text="${lines[0]}"
  __text="${__text#"${__text%%[![:space:]]*}"}"
  __text="${__text%"${__text##*[![:space:]]}"}"
}

# _say_lines FILE LINE: the line and two on each side.
_say_lines() {
  local lines=() first number mark
  if [[ ! -f "$1" ]]; then return 0; fi
  first=$(($2 > 2 ? $2 - 2 : 1))
  mapfile -t -s "$((first - 1))" -n "$(($2 - first + 3))" lines <"$1" || return 0
  for number in "${!lines[@]}"; do
    mark='   '
    if ((first + number == $2)); then mark='=> '; fi
    printf '      %s%5d | %s\n' "$mark" "$((first + number))" "${lines[number]}" >&2
  done
  return 0
}

# _say_caller: which line of the plan led to an error that was just printed, if one did.
_say_caller() {
  local __file __line __function __default __helper
  if _plan_frame 3; then
    _print '' 31 "$__file:$__line${__function:+: in $__function()}" >&2
    _say_lines "$__file" "$__line"
  fi
  return 0
}
