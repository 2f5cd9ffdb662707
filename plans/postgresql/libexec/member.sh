# A member of a PostgreSQL group of leader topology: runs the server and keeps it what the ring says it is, the primary or a
# standby of the primary. The run hook starts it; plans/postgresql/README.md says what it promises. Three rules carry that:
#
#   * Nobody becomes the primary on the word of the ring alone. The member that is elected runs as a standby until so many
#     others stream from it that one of them, or it, has every write that was acknowledged (lead.sh). Who streams from it
#     no longer acknowledges writes of another, and PostgreSQL lets nobody stream who has more.
#   * What a member has is never overwritten before it is known to be of the same database, and to be superseded (follow.sh).
#   * A server that ran as a primary starts again as a standby, always.
#
# Environment: HAB_DATA, HAB_VAR, HAB_CONFIG (directories of the service), HAB_LIBEXEC, and PATH with PostgreSQL and busybox.
. "$HAB_LIBEXEC/server.sh"
. "$HAB_LIBEXEC/transfer.sh"
. "$HAB_LIBEXEC/follow.sh"
. "$HAB_LIBEXEC/lead.sh"

# read_group: what the ring says, from the file that hab renders. Between elections the last word holds.
read_group() {
  others=
  while read -r kind first second third; do
    case "$kind" in
      role) role=$first ;;
      me) me=$first ;;
      members) members=$first ;;
      synchronous) synchronous=$first ;;
      leader) leader="$second $third" ;;
      member) [ "$first" = "$me" ] || others="$others$second $third
" ;;
    esac
  done <"$HAB_CONFIG/group"
  copy_password
}

# Data to start with: its own, or the group's, or those of a new database.
obtain_data() {
  while :; do
    read_group
    finish_transfer
    if has_data; then return; fi
    if [ "$role" = leader ]; then
      # It may be its disk alone that is empty.
      if find_most_advanced; then
        copy_from $found
      elif [ -e "$HAB_DATA/rewinding" ]; then
        state waiting 'for a member to copy: what is here was taken back half'
      else
        # Nothing of anybody's is in it yet.
        : >"$HAB_DATA/fresh"
        create_database || exit 1
      fi
    elif [ -n "$leader" ] && ask $leader; then
      copy_from $leader
    else
      state waiting "the primary at $leader does not answer yet, to be copied"
    fi
    sleep 0.5
  done
}

step() {
  read_group
  if ! look; then
    # Not open for queries yet. Whoever is to be left must be left all the same.
    if [ "$role" = follower ] && [ -n "$upstream" ] && [ "$upstream" != "$leader" ]; then leave_upstream; fi
    state starting 'the server does not take connections yet'
    return
  fi
  rm -f "$HAB_DATA/rewinding"
  case "$role $in_recovery" in
    'leader f') lead ;;
    'leader t') stand ;;
    'follower f') step_down ;;
    'follower t')
      candidate_since=
      follow $leader
      ;;
  esac
}

end() {
  trap '' INT TERM
  # Less than the Supervisor waits: what it writes to disk may be much.
  stop_server 240
  exit 0
}

role= leader= me= members=1 synchronous=0 candidate_since= settled=
trap end INT TERM
obtain_data
leave_upstream
if [ -e "$data/hab_lineage" ] || [ "$role" != leader ]; then touch "$data/standby.signal"; fi
start_server
while runs; do
  step
  sleep 0.5
done
wait "$server"
