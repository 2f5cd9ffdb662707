# What a build leaves beside the package: the artifact and its report (reference/plan-build.md §10.4, §10.5).

_write_pre_build() {
  build_line "Writing pre_build file"
  _tell begin-results "$pkg_output_path" "$PLAN_CONTEXT/$HAB_PLAN_FILENAME" "pkg_origin=$pkg_origin" \
    "pkg_name=$pkg_name" "pkg_version=$pkg_version" "pkg_release=$pkg_release" \
    "pkg_ident=$pkg_origin/$pkg_name/$pkg_version/$pkg_release"
  _tell_directories "$HAB_CACHE_SRC_PATH"
}

_check_signing_key() {
  local key
  for key in "$HAB_CACHE_KEY_PATH/$pkg_origin"-*.sig.key; do
    if [[ -f "$key" && "${key##*/}" =~ ^"$pkg_origin"-[0-9]{14}\.sig\.key$ ]]; then
      debug "At least one signing key for $pkg_origin found in $HAB_CACHE_KEY_PATH"
      # Better now than after an hour of building.
      if ! _ask check-key "$pkg_origin"; then
        exit_with "The newest signing key of '$pkg_origin' in $HAB_CACHE_KEY_PATH cannot be used, aborting" 35
      fi
      return 0
    fi
  done
  exit_with "Signing origin key '$pkg_origin' not found in $HAB_CACHE_KEY_PATH, aborting" 35
}

# _deliver: packs the package; with the artifact it appears, and with it the report.
_deliver() {
  build_line "Generating package artifact"
  _ask deliver "$pkg_output_path" "$pkg_prefix" "$pkg_artifact" "$__target" "$pkg_origin" \
    "$HAB_HART_COMPRESSION_LEVEL" "$PLAN_CONTEXT/$HAB_PLAN_FILENAME" "pkg_origin=$pkg_origin" "pkg_name=$pkg_name" \
    "pkg_version=$pkg_version" "pkg_release=$pkg_release" "pkg_target=$pkg_target" \
    "pkg_ident=$pkg_origin/$pkg_name/$pkg_version/$pkg_release" "pkg_artifact=${pkg_artifact##*/}"
  __sha256="${__answer[0]}"
  __blake2b="${__answer[1]}"
  __delivered=yes
  build_line "$THIS_PROGRAM cleanup"
}

_summary() {
  build_line ""
  build_line "Source Path: $SRC_PATH"
  build_line "Installed Path: $pkg_prefix"
  build_line "Artifact: $pkg_output_path/${pkg_artifact##*/}"
  build_line "Build Report: $pkg_output_path/last_build.env"
  build_line "SHA256 Checksum: $__sha256"
  build_line "Blake2b Checksum: $__blake2b"
  build_line ""
  build_line "I love it when a plan.sh comes together."
  build_line ""
}
