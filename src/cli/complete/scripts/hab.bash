# Completions of hab for bash. What may stand at the cursor is asked of hab itself; without an answer nothing is offered.
_hab() {
    COMPREPLY=()
    local line=${COMP_LINE:0:${COMP_POINT:-0}} rest word value cut='' index joined
    local -a words=() answer=()
    # Bash cuts words at = and : too; here they are put together again.
    for ((index = 0; index <= COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]} joined=''
        if [[ -n ${COMP_LINE-} ]]; then
            rest=${line#"${line%%[![:space:]]*}"}
            [[ $rest == "$line" ]] && joined=yes
            ((index == COMP_CWORD)) && word=$rest
            line=${rest#"$word"}
        elif ((index > 0)) && [[ $word == = || ${COMP_WORDS[index - 1]} == = ]]; then
            joined=yes
        fi
        if [[ -n $joined ]] && ((${#words[@]} > 0)); then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
    done
    words=("${words[@]:1}")
    ((${#words[@]} > 0)) || return 0
    word=${words[${#words[@]} - 1]}

    mapfile -t answer < <(printf '%s\n' "${words[@]//$'\n'/ }" | command hab __complete 2>/dev/null)
    case ${answer[0]-} in
        files*) ;;
        directories*) compopt +o default +o bashdefault -o dirnames 2>/dev/null ;;
        *) compopt +o default +o bashdefault 2>/dev/null ;;
    esac

    # What bash replaces begins after the last = or :.
    [[ $COMP_WORDBREAKS == *=* && $word == *=* ]] && cut=${word%"${word##*=}"}
    if [[ $COMP_WORDBREAKS == *:* && $word == *:* ]]; then
        value=${word%"${word##*:}"}
        ((${#value} > ${#cut})) && cut=$value
    fi
    for value in "${answer[@]:1}"; do
        value=${value%%$'\t'*}
        # Bash puts a candidate on the line as it is: quoted here, it stays one word, whatever it holds.
        printf -v value %q "${value#"$cut"}"
        COMPREPLY+=("$value")
    done
    return 0
}

if ((BASH_VERSINFO[0] > 4 || (BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4))); then
    complete -F _hab -o nosort -o bashdefault -o default hab
else
    complete -F _hab -o bashdefault -o default hab
fi
