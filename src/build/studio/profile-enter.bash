# Where a person enters the studio, after /etc/profile.
if [[ -z "${HAB_STUDIO_NOSTUDIORC:-}" && -f /src/.studiorc ]]; then
  printf -- '--> Detected and loading /src/.studiorc\n\n'
  . /src/.studiorc
fi
case "${HAB_STUDIO_SUP:-}" in
  false | FALSE | no | NO | 0) ;;
  # Words, as in the original: its arguments are separated by spaces.
  *) sup-run ${HAB_STUDIO_SUP:-} ;;
esac
