# take_certificate FILE KEY: copies of what TLS is done with that only this user may read, in HAB_VAR/tls; PostgreSQL takes no key that
# others may read, and uploaded files are readable for their group. Both or none of them. Without FILE there is nothing to do.
take_certificate() {
  [ -n "$1" ] || return 0
  (
    umask 077
    mkdir -p "$HAB_VAR/tls" && cd "$HAB_VAR/tls" && cat "$1" >certificate.new && cat "$2" >key.new &&
      mv certificate.new certificate && mv key.new key
  ) && return
  echo "The certificate '$1' or its key '$2' cannot be read: hab file upload brings them to files of the service"
  return 1
}
