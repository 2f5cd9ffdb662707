#!@bash@
# git with its own commands and templates, and the authorities of SSL_CERT_FILE, or else those of the package core/cacerts.
prefix=@prefix@
export GIT_EXEC_PATH="${GIT_EXEC_PATH:-$prefix/lib/git-core}"
export GIT_TEMPLATE_DIR="${GIT_TEMPLATE_DIR:-$prefix/share/git-core/templates}"
export GIT_SSL_CAINFO="${GIT_SSL_CAINFO:-${SSL_CERT_FILE:-@cacerts@}}"
# It acts by its name.
exec -a "${0##*/}" "$prefix/lib/git-core/git" "$@"
