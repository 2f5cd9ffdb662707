# Completions of hab for PowerShell. What may stand at the cursor is asked of hab itself; without an answer, the commands
# and options below are offered.
using namespace System.Management.Automation

Register-ArgumentCompleter -Native -CommandName 'hab' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $known = @{
@STATIC@
    }
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    $found = @()
    $hab = Get-Command -Name hab -CommandType Application -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($hab) {
        try { $found = @(@($words + $wordToComplete) | & $hab __complete 2>$null) } catch { $found = @() }
    }
    if ($found.Count -gt 0) {
        $found = @($found | Select-Object -Skip 1)
    } else {
        $path = ''
        foreach ($word in $words) {
            $next = "$path $word".Trim()
            if ($known.ContainsKey($next)) { $path = $next }
        }
        $found = @($known[$path] | Where-Object { $_.StartsWith($wordToComplete) })
    }
    foreach ($line in $found) {
        $name, $description = $line -split "`t", 2
        # What PowerShell would read as code is quoted.
        $text = if ($name -match '^[A-Za-z0-9_./:=+-]+$') { $name } else { "'" + [Language.CodeGeneration]::EscapeSingleQuotedStringContent($name) + "'" }
        $tip = if ($description) { $description } else { $name }
        [CompletionResult]::new($text, $name, [CompletionResultType]::ParameterValue, $tip)
    }
}
