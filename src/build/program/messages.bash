# What a build prints, and the helpers that neither read nor change the build's state
# (reference/plan-build.md §11).

case "$TERM" in
  *term | xterm-* | rxvt | screen | screen-*) __colour=yes ;;
  *) __colour= ;;
esac
# Compat: only the word `true` turns colour off here.
[[ "$HAB_NOCOLORING" == true ]] && __colour=

# _print LABEL COLOUR MESSAGE: one message line with the package's name in front.
_print() {
  local label="$1"
  if [[ -n "$__colour" ]]; then
    # Compat: in colour, backslash escapes of the message take effect.
    if [[ -n "$label" ]]; then
      printf '   \e[1;36m%s: \e[1;%sm%s: \e[1;37m%b\e[0m\n' "$pkg_name" "$2" "$label" "$3"
    else
      printf '   \e[1;36m%s: \e[1;%sm%b\e[0m\n' "$pkg_name" "$2" "$3"
    fi
  else
    printf '   %s: %s%s\n' "$pkg_name" "${label:+$label: }" "$3"
  fi
}

build_line() {
  if [[ -z "$__colour" ]]; then printf '   %s: %s\n' "$pkg_name" "$1"; else _print '' 37 "$1"; fi
}

warn() { _print WARN 33 "$1" >&2; }

debug() {
  if [[ -n "$DEBUG" ]]; then _print DEBUG 36 "$1"; fi
}

exit_with() {
  _print ERROR 31 "$1"
  if ((${2:-1} != 0)); then _say_caller; fi
  exit "${2:-1}"
}

# How many requests were made with _tell and have not been answered yet.
__told=0

# _ask VERB [ARGUMENT...]: has the surrounding program do one thing. Sets `__answer` to the fields of its reply and
# returns its status. A request must end before the next one is made.
_ask() {
  printf '%s\0' "$#" "$@" >&"$__to_hab" || _channel_lost
  if ((__told == 0)); then
    _receive || return
    return 0
  fi
  local __status=0 __failed=0
  while ((__told > 0)); do
    __told=$((__told - 1))
    _receive || __status=$?
    if ((__failed == 0)); then __failed="$__status"; fi
  done
  __status=0
  _receive || __status=$?
  # hab has said why. A later step was asked for already, but nothing of the plan has run since.
  if ((__failed != 0)); then exit "$__failed"; fi
  return "$__status"
}

# _tell VERB [ARGUMENT...]: the same without waiting for it: the next _ask does, and a failure ends the build there. Only for
# steps between which and that _ask nothing of the plan runs.
_tell() {
  printf '%s\0' "$#" "$@" >&"$__to_hab" || _channel_lost
  __told=$((__told + 1))
}

# _receive: the next reply: sets `__answer`, returns its status.
_receive() {
  local __status __count __where
  IFS=' ' read -r -d '' -u "$__from_hab" __status __count __where || _channel_lost
  __answer=()
  if [[ -n "$__where" ]]; then
    mapfile -d '' -t __answer <"/proc/self/fd/$__replies" || _channel_lost
  elif ((__count > 0)); then mapfile -d '' -t -n "$__count" -u "$__from_hab" __answer; fi
  return "$__status"
}

_channel_lost() {
  exit_with "The connection to hab (file descriptor $__to_hab) is gone; did the plan close it, or write to it?" 1
}

_is_function() { declare -F "$1" >/dev/null; }

exists() { command -v "$1" >/dev/null 2>&1; }

trim() {
  local text="$*"
  text="${text#"${text%%[![:space:]]*}"}"
  text="${text%"${text##*[![:space:]]}"}"
  printf '%s\n' "$text"
}

join_by() {
  local IFS="$1"
  shift
  printf '%s\n' "$*"
}

normalize_checksum() { printf '%s\n' "${1,,}"; }

# abspath PATH: PATH made absolute, without dots; 127 when it does not exist.
abspath() {
  local __path
  _absolute "$1" || return
  printf '%s\n' "$__path"
}

# _absolute PATH: the same into `__path`, without a process.
_absolute() {
  local before="$PWD" old="$OLDPWD" name=
  __path="$1"
  if [[ ! -e "$__path" ]]; then
    printf "'%s' does not exist!\n" "$__path" >&2
    return 127
  fi
  if [[ ! -d "$__path" ]]; then
    name="/${__path##*/}"
    if [[ "$__path" == */* ]]; then __path="${__path%/*}/"; else __path=.; fi
  fi
  CDPATH='' cd -- "$__path" || return
  __path="${PWD%/}$name"
  __path="${__path:-/}"
  cd "$before" || return
  OLDPWD="$old"
}

# dedupe_path LIST [SEPARATOR]: first occurrences only. Empty items go, except one in front.
dedupe_path() {
  local rest="$1" separator="${2:-:}" item kept first=yes
  rest+="$separator"
  while [[ -n "$rest" ]]; do
    item="${rest%%"$separator"*}"
    rest="${rest#*"$separator"}"
    if [[ -n "$first" ]]; then
      kept="$item"
      first=
    elif [[ -n "$item" && "$separator$kept$separator" != *"$separator$item$separator"* ]]; then
      kept+="$separator$item"
    fi
  done
  printf '%s\n' "$kept"
}

# push_to_path ITEM LIST [SEPARATOR]
push_to_path() {
  local separator="${3:-:}"
  if [[ -z "$2" ]]; then
    printf '%s\n' "$1"
  else
    dedupe_path "$1$separator$2" "$separator"
  fi
}

# _lines_of FILE ARRAY: the lines of a file, nothing when it is missing or empty.
_lines_of() {
  local -n __lines="$2"
  __lines=()
  if [[ -s "$1" ]]; then mapfile -t __lines <"$1"; fi
}

# _text_of FILE NAME: the trimmed text of a metadata file into the variable NAME; status 1 when there is none.
_text_of() {
  local -n __text="$2"
  __text=
  [[ -f "$1" ]] || return 1
  IFS= read -r -d '' __text <"$1" || true
  __text="${__text%"${__text##*[![:space:]]}"}"
  __text="${__text#"${__text%%[![:space:]]*}"}"
}

# _array_contains ITEM ARRAY_ITEM...
_array_contains() {
  local wanted="$1" item
  shift
  for item in "$@"; do
    if [[ "$item" == "$wanted" ]]; then return 0; fi
  done
  return 1
}

# _make_directories DIRECTORY...: creates what is missing, parents included.
_make_directories() { _missing_directories _ask "$@"; }

# _tell_directories DIRECTORY...: the same without waiting, as _tell.
_tell_directories() { _missing_directories _tell "$@"; }

# _missing_directories HOW DIRECTORY...
_missing_directories() {
  local how="$1" directory missing=()
  shift
  for directory in "$@"; do
    if [[ ! -d "$directory" ]]; then missing+=("$directory"); fi
  done
  if ((${#missing[@]} > 0)); then "$how" make-directories "$PWD" "${missing[@]}"; fi
}
