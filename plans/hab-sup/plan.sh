# This program as a package: what `hab sup run --auto-update` installs and changes to. script/build makes it first; here it is made
# to run on core/glibc, so that it uses nothing of the machine. core/hab and core/hab-launcher are the same program by their own
# names. HAB_ORIGIN, or `origin` of cli.toml, makes it that of another origin; a Supervisor looks for releases of the origin it is of.
pkg_name=hab-sup
pkg_origin=core
pkg_description="The Supervisor, its launcher and the command line, in one program"
pkg_license=(Apache-2.0)
pkg_deps=(core/glibc core/gcc-libs)
pkg_bin_dirs=(bin)
# `hab plan rebuild` makes it anew when the program is.
pkg_inputs=(../../dist/hab ../../package.json)
# HAB_SUP_PROGRAM names another file than dist/hab.
__program="${HAB_SUP_PROGRAM:-$PLAN_CONTEXT/../../dist/hab}"

# Our own version, which rises with each release; that of Habitat, which the program tells, does not.
pkg_version() {
  local line
  while IFS= read -r line; do
    if [[ "$line" =~ ^[[:space:]]*\"version\":[[:space:]]*\"([^\"]+)\" ]]; then
      printf '%s\n' "${BASH_REMATCH[1]}"
      return 0
    fi
  done <"$PLAN_CONTEXT/../../package.json"
  exit_with "package.json names no version" 1
}

do_before() {
  if [[ ! -x "$__program" ]]; then exit_with "$__program is not there. Build it first: script/build" 1; fi
  update_pkg_version
}

do_build() { return 0; }

do_check() {
  local said
  said="$("$__program" hab-sup --version)"
  if [[ "$said" != "hab-sup "* ]]; then exit_with "$__program is not a hab: it says '$said'" 1; fi
}

do_install() {
  local name
  mkdir -p "$pkg_prefix/bin"
  relocate_program "$__program" "$pkg_prefix/bin/hab"
  # It acts by its name.
  for name in hab-sup hab-launch; do ln -s hab "$pkg_prefix/bin/$name"; done
}

# What the runtime keeps behind the machine code would be cut off.
do_strip() { return 0; }

# The loader itself says what would be used: where it is written in this program is no place that others look at.
do_after() {
  local line
  while IFS= read -r line; do
    if [[ "$line" == *' => '* && "$line" != *" => $HAB_PKG_PATH/"* ]]; then exit_with "The program uses the machine's:$line" 1; fi
  done < <(LD_TRACE_LOADED_OBJECTS=1 "$pkg_prefix/bin/hab")
}
