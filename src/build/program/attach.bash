# attach: look around in the middle of a build, in a studio (reference/plan-build.md §11).

# _show_source [LINES]: the lines around the one that called attach.
_show_source() {
  local context="${1:-10}" file="${BASH_SOURCE[2]}" line="${BASH_LINENO[1]}" number=0 text mark
  printf '\nFrom: %s @ line %s :\n\n' "$file" "$line"
  if [[ ! -f "$file" ]]; then return 0; fi
  while IFS= read -r text; do
    number=$((number + 1))
    if ((number < line - context || number > line + context)); then continue; fi
    mark='   '
    if ((number == line)); then mark='=> '; fi
    printf '    %s%s: %s\n' "$mark" "$number" "$text"
  done <"$file"
  printf '\n'
}

attach() {
  if [[ -z "$STUDIO_TYPE" ]]; then
    warn "Non interactive studio, skipping 'attach'"
    return 0
  fi
  local __command __prompt=1 __status=0 __end=
  _show_source
  trap - ERR EXIT
  set +e
  while [[ -z "$__end" ]]; do
    # The end of the input ends the session, as `quit` does.
    IFS= read -e -r -p "[$__prompt] $pkg_name(${FUNCNAME[1]})> " __command || break
    __prompt=$((__prompt + 1))
    case "$__command" in
      vars) (set -o posix && set) ;;
      whereami | @) _show_source ;;
      'whereami '* | '@ '*) _show_source "${__command##* }" ;;
      exit | quit) __end=yes ;;
      exit-program | quit-program)
        trap '_on_error $?' ERR
        trap '_on_exit $?' EXIT
        exit "$__status"
        ;;
      help)
        printf '%s\n' 'help: this text' 'vars: all variables' 'whereami [N], @ [N]: the plan around this line' \
          'exit, quit: go on with the build' 'exit-program, quit-program: end the build' \
          'anything else is run as bash, here'
        ;;
      *)
        eval "$__command"
        __status=$?
        ;;
    esac
  done
  trap '_on_error $?' ERR
  trap '_on_exit $?' EXIT
  set -e
  return 0
}
