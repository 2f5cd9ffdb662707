# Completions of hab for Elvish. What may stand at the cursor is asked of hab itself; without an answer, the commands and
# options below are offered.
use str

var hab-known = [
@STATIC@
]

set edit:completion:arg-completer[hab] = {|@words|
    var current = $words[-1]
    var found = []
    try {
        set found = [(each {|word| echo (str:replace "\n" ' ' $word) } $words[1..] | e:hab __complete 2>/dev/null | from-lines)]
    } catch error {
        set found = []
    }
    var own = values
    if (> (count $found) 0) {
        set own = (str:split "\t" $found[0] | take 1)
        set found = $found[1..]
    } else {
        var path = ''
        for word $words[1..-1] {
            var next = (str:trim-space $path' '$word)
            if (has-key $hab-known $next) { set path = $next }
        }
        set found = $hab-known[$path]
    }
    for line $found {
        var name description = (str:split &max=2 "\t" $line)
        edit:complex-candidate $name &display=$name'  '$description
    }
    if (or (eq $own files) (eq $own directories)) {
        edit:complete-filename $@words
    }
}
