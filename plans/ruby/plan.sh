pkg_name=ruby
pkg_origin=core
pkg_description="Ruby 3.1 with its standard library, Bundler and WEBrick"
pkg_license=('Ruby OR BSD-2-Clause')
pkg_upstream_url=https://www.ruby-lang.org
pkg_deb_packages=(ruby3.1 libruby3.1 ruby-webrick)
# Gems that the language no longer brings along; and an editor for lines, in the place of which there is one in Ruby (reline).
pkg_deb_ignore=(rake rubygems-integration ruby-net-telnet ruby-xmlrpc ruby-sdbm libedit2 libncurses6 libtinfo6)
pkg_deb_drop=("$debian_lib"/ruby/3.1.0/readline.so lib/ruby/gems/3.1.0/gems/\*/ext share/{applications,menu,pixmaps})
pkg_deps=(
  core/glibc
  core/gmp
  core/libffi
  core/libxcrypt
  core/libyaml
  core/openssl
  core/zlib
)
pkg_bin_dirs=(bin)
pkg_lib_dirs=("$debian_lib")
pkg_interpreters=(bin/ruby bin/ruby3.1)

# The places compiled into it lead nowhere; these are where its library and its gems are.
do_setup_environment() {
  set_runtime_env RUBYLIB "$(join_by : "$pkg_prefix"/{lib/ruby/vendor_ruby,lib/ruby/3.1.0,"$debian_lib"/ruby/3.1.0})"
  push_runtime_env GEM_PATH "$pkg_prefix/lib/ruby/gems/3.1.0"
  push_runtime_env GEM_PATH "$pkg_prefix/share/rubygems-integration/all"
}

do_install() {
  local file name
  debian_install
  file="$pkg_prefix/$debian_lib/ruby/3.1.0/rbconfig.rb"
  sed --in-place --expression="/CONFIG\[\"\(prefix\|RUBY_EXEC_PREFIX\)\"\]/s|\"/usr\"|\"$pkg_prefix\"|" "$file"
  for file in "$pkg_prefix"/bin/*3.1; do
    name="${file##*/}"
    ln -s "$name" "${file%3.1}"
  done
  debian_finish
  debian_edit_strings "$debian_lib/libruby-3.1.so.3.1.2" /usr/local/lib/ /hab/local/lib/
  debian_edit_strings "$debian_lib/libruby-3.1.so.3.1.2" /usr/lib/ /hab/lib/
}
