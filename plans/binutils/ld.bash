#!@bash@
# The linker for packages: what it links starts with the interpreter, and finds the libraries, of packages.
#
# LD_RUN_PATH, which a build sets to the library directories of the package and of its run dependencies, becomes part of
# the search path always: the linker by itself forgets it as soon as a build names a search path of its own, as libtool
# does. The interpreter is that of the C library in LD_RUN_PATH, whichever the compiler was made with. Where there is no C
# library in it, that of this package is used, so that what is linked runs at least here; so are the compiler's libraries.
ld=@ld@
libc=@libc@
loader=@loader@

search="$LD_RUN_PATH"
found_libc=
compiler_libraries=unused
IFS=: read -ra directories <<<"$LD_RUN_PATH"
for directory in "${directories[@]}"; do
  if [[ -z "$found_libc" && -e "$directory/$loader" ]]; then found_libc="$directory"; fi
  if [[ -e "$directory/libgcc_s.so.1" ]]; then compiler_libraries=found; fi
done
if [[ -z "$found_libc" ]]; then
  found_libc="$libc"
  search+="${search:+:}$libc"
  if [[ $compiler_libraries == unused ]]; then compiler_libraries=wanted; fi
fi

# DT_RPATH, not RUNPATH: LD_LIBRARY_PATH must not come before it, and it has to hold for what libraries load.
arguments=(--disable-new-dtags)
directories=()
self_contained=no
previous=
for argument in "$@"; do
  case "$previous $argument" in
    # What the compiler names, not what a plan does.
    '-dynamic-linker '*/glibc/*"/$loader" | '-dynamic-linker /lib'*"/$loader") argument="$found_libc/$loader" ;;
    # A static program that places itself, which must not have a search path.
    *' --no-dynamic-linker') self_contained=yes ;;
    *' -L'?*) directories+=("${argument#-L}") ;;
    # The compiler adds these by itself, whether or not a plan knows.
    *' -lstdc++' | *' -lgomp' | *' -latomic') if [[ $compiler_libraries == unused ]]; then compiler_libraries=wanted; fi ;;
  esac
  arguments+=("$argument")
  previous="$argument"
done
if [[ $compiler_libraries == wanted ]]; then
  for directory in "${directories[@]}"; do
    if [[ -e "$directory/libgcc_s.so.1" ]]; then
      search+=":$directory"
      break
    fi
  done
fi
unset LD_RUN_PATH
if [[ $self_contained == no ]]; then arguments+=(-rpath "$search"); fi
exec "$ld" "${arguments[@]}"
