# What the member does that the ring has elected: from a standby that nobody follows to the primary.

# lead: the server is the primary. What an application needs is made once.
lead() {
  candidate_since=
  if [ -z "$settled" ]; then
    if ! sql --file "$HAB_CONFIG/group.sql" --file "$HAB_CONFIG/application.sql"; then
      state leading "but the role of the application cannot be made: $(tail -n 1 "$HAB_VAR/said")"
      return
    fi
    # A database from before it had a group; or one whose promotion was cut short.
    if ! [ -e "$data/hab_lineage" ]; then name_promotion; fi
    record_promotion || return
    if [ -n "$upstream" ]; then leave_upstream; fi
    settled=1
  fi
  following=$(followers) || return
  # From the first follower on it is the group's.
  if [ "$following" -gt 0 ]; then rm -f "$HAB_DATA/fresh"; fi
  if [ "$following" -lt "$synchronous" ]; then
    state short "writes wait: fewer than $synchronous standbys have a connection"
  else
    state leading ''
  fi
}

# followers: how many members stream from this server.
followers() {
  sql --command "select count(distinct application_name) from pg_stat_replication where state = 'streaming' and application_name ~ '^[0-9a-f]{32}\$'"
}

# stand: a standby that was elected.
stand() {
  settled=
  if [ -z "$candidate_since" ]; then
    candidate_since=$(seconds)
    # Only who comes from now on says by it that it has left another.
    sql --output /dev/null --command 'select pg_terminate_backend(pid) from pg_stat_replication'
    return
  fi
  active=$(printf '%s' "$others" | grep -c .)
  if [ "$synchronous" -gt 0 ]; then
    # Every acknowledged write is with its primary and so many others: who hears from all but so many hears of it.
    size=$((active + 1 > members ? active + 1 : members))
    wanted=$((size - synchronous - 1))
  else
    wanted=$active
    if [ $(($(seconds) - candidate_since)) -ge "$patience_seconds" ]; then wanted=0; fi
  fi
  following=$(followers) || return
  if [ "$following" -ge "$wanted" ] && [ "$receives" = f ] && [ -z "$upstream" ]; then
    promote
    return
  fi
  state standing "to become the primary: $following of $wanted members follow"
  if find_most_advanced && is_ahead; then
    catch_up_with $found
  elif [ -n "$upstream" ]; then
    leave_upstream
  fi
}

seconds() { cut -d . -f 1 /proc/uptime; }

# find_most_advanced: sets `found` to the address and port of the other member that has most, with what `ask` sets for it.
find_most_advanced() {
  found= most_timeline=0 most_position=0 most_system=
  while read -r address port; do
    if [ -z "$address" ] || ! ask "$address" "$port"; then continue; fi
    if [ "$their_timeline" -gt "$most_timeline" ] ||
      { [ "$their_timeline" = "$most_timeline" ] && [ "$their_position" -gt "$most_position" ]; }; then
      found="$address $port" most_timeline=$their_timeline most_position=$their_position most_system=$their_system
    fi
  done <<OTHERS
$others
OTHERS
  [ -n "$found" ]
}

is_ahead() {
  [ "$most_system" = "$system" ] &&
    { [ "$most_timeline" -gt "$timeline" ] || { [ "$most_timeline" = "$timeline" ] && [ "$most_position" -gt "$position" ]; }; }
}

# catch_up_with ADDRESS PORT: it has what may have been acknowledged.
catch_up_with() {
  ask "$@" || return
  if continues "$@"; then
    if [ "$upstream" != "$*" ]; then stream_from "$@"; fi
  elif [ "$they_know_us" = t ]; then
    become_like "$@"
  else
    replace_by "$@"
  fi
}

# The promotion has a name that those who follow it find in the database: two that happened apart from each other
# may have the same number.
name_promotion() {
  token=$(cat /proc/sys/kernel/random/uuid)
  echo "$token" >"$data/hab_lineage.new" && sync && mv "$data/hab_lineage.new" "$data/hab_lineage"
}

record_promotion() {
  sql --command "insert into hab.promotion (token, member) values ('$(cat "$data/hab_lineage")', '$me') on conflict do nothing"
}

promote() {
  say "promoted, with $following members that follow"
  name_promotion
  [ "$(sql --command 'select pg_promote(true, 30)')" = t ] || return
  # pg_rewind of others looks at the last checkpoint for the line of time.
  record_promotion && sql --command checkpoint
}
