# What a member does that another one is the leader of: it follows that one's server, once it is sure that what it has is the
# beginning of what that has.

# follow ADDRESS PORT: one step towards it.
follow() {
  settled=
  if [ $# != 2 ]; then return; fi
  if [ -n "$upstream" ] && [ "$upstream" != "$*" ]; then leave_upstream; fi
  if [ "$upstream" = "$*" ] && [ "$receives" = t ]; then
    state following "$*"
    return
  fi
  if ! ask "$@"; then
    state waiting "$(why_no_answer "$@")"
    return
  fi
  if [ "$their_system" != "$system" ]; then
    leave_upstream
    # Made by a leader of the first moments, before the ring knew all its members: nobody has followed it or put anything into it.
    if [ -e "$HAB_DATA/fresh" ] && is_unused; then
      replace_by "$@"
      return
    fi
    state foreign "the primary at $* is another database (system $their_system, here $system). Nothing is changed here. If this one's data can go, remove $data"
    return
  fi
  if continues "$@"; then
    if [ "$upstream" != "$*" ]; then stream_from "$@"; fi
    state waiting "for the stream from $*"
    # It may have been cut off for longer than the other keeps what it has written.
    if [ "$they_recover" = f ] && is_too_old "$@"; then replace_by "$@"; fi
  elif [ "$they_recover" = t ]; then
    # It is about to become the primary, or to ask us for what we have.
    if [ -n "$upstream" ]; then leave_upstream; fi
    state waiting "for $* to become the primary"
  elif [ "$they_know_us" = t ]; then
    become_like "$@"
  else
    replace_by "$@"
  fi
}

# is_unused: no database here has anything but what comes with it and what this group makes.
is_unused() {
  databases=$(sql --command 'select oid from pg_database where datallowconn') && [ -n "$databases" ] || return 1
  for each in $databases; do
    found=$(database=$(sql --command "select datname from pg_database where oid = $each") sql --command \
      "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid >= 16384 and nspname not in ('hab', 'pg_toast')")
    if [ "$found" != 0 ]; then return 1; fi
  done
}

replace_by() {
  if copy_from "$@"; then start_server; fi
}

why_no_answer() {
  if ! [ -s "$HAB_VAR/pgpass" ]; then echo 'replication.password is not set: hab config apply'; return; fi
  echo "the primary at $* does not answer: $(tail -n 1 "$HAB_VAR/answer")"
}

# continues ADDRESS PORT: whether what we have is the beginning of what they have. Of the same promotion, and on a line of
# time that theirs goes through, not beyond where it leaves ours.
continues() {
  [ "$they_know_us" = t ] || return 1
  if [ "$their_timeline" = "$timeline" ]; then [ "$position" -le "$their_position" ]; return; fi
  [ "$their_timeline" -gt "$timeline" ] || return 1
  left=$(ask_for "$1" "$2" --command "TIMELINE_HISTORY $their_timeline" | tr ' ' '\t' | grep -oE "(^|history\t)$timeline\t[0-9A-F]+/[0-9A-F]+" | grep -oE '[0-9A-F]+/[0-9A-F]+$' | tail -n 1)
  [ -n "$left" ] && [ "$position" -le "$(bytes "$left")" ]
}

# is_too_old ADDRESS PORT: whether what comes next is gone there.
is_too_old() {
  oldest=$(ask_for "$1" "$2" --command "select min(substr(name, 9)) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}\$'") || return 1
  [ -n "$oldest" ] || return 1
  next=$(printf '%08X%08X' $((position >> 32)) $(((position & 4294967295) >> 24)))
  [ "$next" \< "$oldest" ]
}

# A primary that another one has taken the place of. Whoever waits for standbys here gets no answer.
step_down() {
  state stopping 'another member leads: the primary becomes a standby'
  settled= candidate_since=
  stop_server
  touch "$data/standby.signal"
  leave_upstream
  start_server
}
