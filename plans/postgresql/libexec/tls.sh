# take_certificate: copies of what TLS is done with that only this user may read, in HAB_VAR/tls; PostgreSQL takes no key that others may
# read, and uploaded files are readable for their group. Both or none of them. HAB_CONFIG/tls names the certificate and its key, so that
# they can change without a change of the run hook, which would be a restart; where it names none there is nothing to do.
take_certificate() {
  certificate=$(sed -n 1p "$HAB_CONFIG/tls")
  key=$(sed -n 2p "$HAB_CONFIG/tls")
  [ -n "$certificate" ] || return 0
  (
    umask 077
    mkdir -p "$HAB_VAR/tls" && cd "$HAB_VAR/tls" && cat "$certificate" >certificate.new && cat "$key" >key.new &&
      mv certificate.new certificate && mv key.new key
  ) && return
  echo "The certificate '$certificate' or its key '$key' cannot be read: hab file upload brings them to files of the service"
  return 1
}
