#compdef hab
# Completions of hab for zsh. What may stand at the cursor is asked of hab itself; without an answer nothing is offered.
_hab() {
    local -a typed answer names shown
    local line own prefix
    typed=("${(@Q)words[2,CURRENT-1]}" "$PREFIX")
    answer=("${(@f)$(print -rl -- "${(@)typed//$'\n'/ }" | command hab __complete 2>/dev/null)}")
    own=${answer[1]%%$'\t'*}
    prefix=${answer[1]#*$'\t'}
    [[ -n $own ]] || return 1
    for line in "${(@)answer[2,-1]}"; do
        names+=("${line%%$'\t'*}")
        shown+=("${line%%$'\t'*}  -- ${line#*$'\t'}")
    done
    local code=1
    (($#names)) && compadd -l -d shown -a names && code=0
    if [[ $own == (files|directories) ]]; then
        # What stands before the value (--config=) is no part of the path.
        [[ -z $prefix ]] || compset -P "${(b)prefix}"
        if [[ $own == files ]]; then
            _files && code=0
        else
            _files -/ && code=0
        fi
    fi
    return $code
}

if [[ ${funcstack[1]} == _hab ]]; then
    _hab "$@"
else
    compdef _hab hab
fi
