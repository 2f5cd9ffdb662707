pkg_name=perl
pkg_origin=core
pkg_description="Language for texts and systems, with its standard modules"
pkg_license=('Artistic-1.0-Perl OR GPL-1.0-or-later')
pkg_upstream_url=https://www.perl.org
pkg_deb_packages=(perl-base perl perl-modules-5.36 libperl5.36)
__perl="$debian_lib/perl/5.36.0"
# Bug reports, a reader for documentation that is not here, what extensions are built with, and bindings to databases.
pkg_deb_drop=(
  bin/{cpan5.36\*,perl5.36\*,perlbug,perldoc,perlivp,perlthanks,libnetcfg}
  "$debian_lib"/libperl.so\*
  "$debian_lib"/perl/{cross-config,debian-config-data}-5.36.0
  "$__perl"/CORE
  "$__perl"/{DB_File,GDBM_File,NDBM_File,ODBM_File}.pm
  "$__perl"/auto/{DB_File,GDBM_File,NDBM_File,ODBM_File}
  share/lintian
)
pkg_deps=(core/glibc core/bzip2 core/libxcrypt core/zlib)
pkg_bin_dirs=(bin)
pkg_interpreters=(bin/perl)

# All modules are in one directory, and the longest of the places compiled into the program is given to it: a variable
# would reach other perls too, and not the scripts that distrust variables. The other places lead nowhere.
do_install() {
  local directory file place modules="$pkg_prefix/l"
  debian_install
  mkdir "$pkg_prefix/modules"
  for directory in share/perl/5.36.0 "$__perl" "$debian_lib/perl-base"; do
    cp -a "$pkg_prefix/$directory/." "$pkg_prefix/modules/"
    rm -rf "${pkg_prefix:?}/$directory"
  done
  rm -rf "${pkg_prefix:?}/share/perl" "${pkg_prefix:?}/lib"
  ln -s modules "$modules"
  for file in "$pkg_prefix"/modules/Config{.pm,_heavy.pl}; do
    sed --in-place --expression="s,/usr/\(local/\)\?\(lib\|share\)/[a-z0-9_/-]*perl[a-z0-9_./-]*,$modules,g" \
      --expression="s,/usr/bin,$pkg_prefix/bin,g" "$file"
  done
  debian_finish
  place="/usr/local/lib/$debian_triplet/perl/5.36.0"
  if ((${#modules} > ${#place})); then
    exit_with "$modules is longer than ${#place} characters, the place for it in the program: build this plan for an origin with a shorter name" 1
  fi
  while ((${#modules} < ${#place})); do modules+=/; done
  debian_edit_strings bin/perl "$place" "$modules"
  for place in /etc/perl /usr/local/share/perl/5.36.0 "/usr/lib/$debian_triplet/perl5/5.36" /usr/share/perl5 \
    "/usr/lib/$debian_triplet/perl-base" "/usr/lib/$debian_triplet/perl/5.36" /usr/share/perl/5.36 /usr/local/lib/site_perl; do
    debian_edit_strings bin/perl "$place" "/hab${place:4}"
  done
}
