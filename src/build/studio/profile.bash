# What a shell in a studio starts with. Whoever made the studio may change it; it is not written again.
umask 022
alias ls='ls --color=auto' ll='ls -l'
PS1='[\#][$STUDIO_TYPE:\w:$?]\$ '

# record SESSION COMMAND...: runs the command with a log of its output, named after the plan in the directory SESSION.
record() {
  local session="$1" plan name=unknown
  shift
  for plan in "$session/plan.sh" "$session/habitat/plan.sh"; do
    if [[ -f "$plan" ]]; then
      name="$(cd "${plan%/*}" && . "./${plan##*/}" >/dev/null 2>&1 </dev/null; printf '%s' "${pkg_name:-unknown}")"
      break
    fi
  done
  hab studio record "$name" "$@"
}

# _record_build BUILD_PROGRAM ARGUMENT...: a build with a log. The last argument is the plan.
_record_build() {
  local session=.
  if (($# > 1)); then session="${!#}"; fi
  record "$session" "$@"
}

# build PLAN: a package from a plan, with a log.
build() {
  _record_build /hab/bin/build "${@:-.}"
}

cd /src 2>/dev/null || cd /
