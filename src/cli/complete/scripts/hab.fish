# Completions of hab for fish. What may stand at the cursor is asked of hab itself; without an answer nothing is offered.
function __hab_complete
    set -l words (commandline -opc)
    set -e words[1]
    set -l current (commandline -ct)
    set -l answer (printf '%s\n' (string replace -a \n ' ' -- $words) "$current" | command hab __complete 2>/dev/null)
    test (count $answer) -gt 0; or return
    set -l head (string split \t -- $answer[1])
    set -e answer[1]
    test (count $answer) -gt 0; and printf '%s\n' $answer
    # What stands before the value (--config=) is no part of the path.
    set -l prefix "$head[2]"
    set -l path (string sub -s (math (string length -- "$prefix") + 1) -- "$current")
    switch $head[1]
        case files
            for found in (__fish_complete_path "$path")
                printf '%s%s\n' "$prefix" $found
            end
        case directories
            for found in (__fish_complete_directories "$path" '')
                printf '%s%s\n' "$prefix" $found
            end
    end
end

complete -c hab -e
complete -c hab -f -a '(__hab_complete)'
