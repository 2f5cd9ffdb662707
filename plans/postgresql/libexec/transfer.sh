# Bringing data here: a new database, a copy of another member's, or only what differs from it.

# create_database: empty, complete when it has its name. Sums of its pages are what pg_rewind relies on.
create_database() {
  rm -rf "$data.new"
  # In a directory without the zones that initdb would take the machine's from.
  cd "$HAB_DATA" || return 1
  initdb --pgdata "$data.new" --username postgres --auth-local peer --auth-host scram-sha-256 --data-checksums \
    --encoding UTF8 --locale C.UTF-8 --lc-messages C && mv "$data.new" "$data"
}

# copy_from ADDRESS PORT: everything, from a server that runs. What was here is kept until the copy is complete.
copy_from() {
  state copying "from $1:$2"
  from=$(conninfo "$1" "$2") || return 1
  rm -rf "$data.new" "$data.complete"
  pg_basebackup --dbname "$from" --pgdata "$data.new" --wal-method stream --checkpoint fast 2>&1 || return 1
  touch "$data.new/standby.signal"
  stop_server
  sync
  mv "$data.new" "$data.complete"
  finish_transfer
}

# A complete copy takes the place of what was here, also when that was cut short.
finish_transfer() {
  if [ -d "$data.complete" ]; then
    rm -rf "$data.replaced"
    if [ -d "$data" ]; then mv "$data" "$data.replaced"; fi
    mv "$data.complete" "$data"
    rm -f "$HAB_DATA/rewinding" "$HAB_DATA/fresh"
  fi
  rm -rf "$data.replaced"
}

# become_like ADDRESS PORT: this server has what that one does not have. Takes back the difference, or takes all anew.
become_like() {
  state rewinding "to what $1:$2 has"
  from=$(conninfo "$1" "$2") || return 1
  stop_server
  : >"$HAB_DATA/rewinding"
  sync
  if pg_rewind --target-pgdata "$data" --config-file "$HAB_CONFIG/postgresql.conf" --source-server "$from dbname=postgres" 2>&1; then
    touch "$data/standby.signal"
    # It is whole only with what that server has written since.
    stream_from "$@"
  else
    until copy_from "$@"; do
      sleep 1
      read_group
      # Whoever is the primary by now.
      if [ "$role" = follower ] && [ -n "$leader" ] && ask $leader && [ "$they_recover" = f ]; then set -- $leader; fi
    done
  fi
  start_server
}
