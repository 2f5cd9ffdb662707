# Ends a build whose hab has been killed: nobody serves it any more, and what it has started would go on for nobody.

# _guard FD: FD leads to hab, and ends with it. Members of the build are known by the connection to hab, which everything that
# the program starts has inherited, and by descent.
_guard() {
  local line each pid fd rest grown round
  local -A members parents
  trap '' HUP INT PIPE QUIT TERM
  set +eE
  printf '%s\n' "$BASHPID" >&"$1"
  while IFS= read -r -u "$1" line; do :; done
  for ((round = 0; round < 100; round++)); do
    members=()
    parents=()
    for each in /proc/[0-9]*; do
      pid="${each#/proc/}"
      if [[ "$pid" == "$BASHPID" ]] || ! IFS= read -r line <"$each/stat"; then continue; fi
      # The name of the program, in parentheses, may hold anything.
      rest="${line##*) }"
      if [[ "$rest" == Z* ]]; then continue; fi
      rest="${rest#* }"
      parents[$pid]="${rest%% *}"
      for fd in "$each"/fd/*; do
        if [[ "$fd" -ef "/proc/self/fd/$__to_hab" ]]; then
          members[$pid]=yes
          break
        fi
      done
    done
    grown=yes
    while [[ -n "$grown" ]]; do
      grown=
      for pid in "${!parents[@]}"; do
        if [[ -z "${members[$pid]}" && -n "${members[${parents[$pid]}]}" ]]; then
          members[$pid]=yes
          grown=yes
        fi
      done
    done
    if ((${#members[@]} == 0)); then return; fi
    kill -KILL "${!members[@]}"
  done
}

# bash runs this before it reads on, as hab may be killed while it does. File descriptor 3 leads to hab, 4 only tells that it
# lives, 5 is this program, 6 the file of long replies. Ours get high numbers, so that a plan may use 3 to 9 as it likes.
exec {__to_hab}>&3 {__replies}<&6 3>&- 5<&- 6<&-
__from_hab="$__to_hab"
# Nothing that a plan waits for, and it holds none of the caller's streams open.
_guard 4 </dev/null >/dev/null 2>&1 &
disown
exec 4>&-
