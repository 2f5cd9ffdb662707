pkg_name=git
pkg_origin=core
pkg_description="Version control, over HTTP and within the machine"
pkg_license=(GPL-2.0-only)
pkg_upstream_url=https://git-scm.com
pkg_deb_packages=(git)
pkg_deb_ignore=(git-man perl)
__git=lib/git-core
# Mail, the web, WebDAV and the commands in perl, for what only they need; a shell for logins.
pkg_deb_drop=(
  {bin,"$__git"}/{git-shell,scalar}
  "$__git"/git-{add--interactive,archimport,cvsexportcommit,cvsimport,cvsserver,imap-send,http-push,instaweb,send-email,svn}
  share/{bash-completion,doc,git-core/contrib,git-core/templates/hooks/\*.sample,gitweb,lintian,perl5}
)
pkg_deps=(
  core/glibc
  core/bash
  core/cacerts
  core/coreutils
  core/curl
  core/grep
  core/pcre2
  core/sed
  core/zlib
)
pkg_bin_dirs=(bin)

# The program looks for its commands where Debian has them, and trusts the authorities of the host; the script in front
# of it says otherwise.
do_install() {
  local name
  debian_install
  mkdir "$pkg_prefix/share/git-core/templates/hooks"
  for name in "$pkg_prefix"/bin/*; do
    if [[ ! -L "$name" ]]; then mv "$name" "$pkg_prefix/$__git/${name##*/}"; fi
  done
  sed --expression="s|@bash@|$(pkg_path_for core/bash)/bin/bash|" \
    --expression="s|@prefix@|$pkg_prefix|" \
    --expression="s|@cacerts@|$(pkg_path_for core/cacerts)/ssl/cert.pem|" "$PLAN_CONTEXT/git.bash" >"$pkg_prefix/bin/git"
  chmod 0755 "$pkg_prefix/bin/git"
  debian_finish
}
