# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kore_feedback_global_optspecs
    string join \n config= p/profile= state-dir= o/output= q/quiet v/verbose h/help V/version
end

function __fish_kore_feedback_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_kore_feedback_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_kore_feedback_using_subcommand
    set -l cmd (__fish_kore_feedback_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s V -l version -d 'Print version'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "submit" -d 'Submit one piece of feedback'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "import" -d 'Import feedback from a file, each row exactly once'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "inspect" -d 'Show what a file contains, and propose a mapping for it'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "token" -d 'Print a token (JWT) for the API, or look into one'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "runs" -d 'Look at earlier runs: what was sent, and what became of it'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "presets" -d 'Show the mappings that come with this tool'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "sandbox" -d 'Serve an imitation of the Kore.ai feedback API on this machine, to try things against'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "config" -d 'Show what is configured, or write a config to begin with'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "completions" -d 'Print a shell\'s completions'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l type -d 'Kind of feedback: NPS, CSAT or THUMB' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l score -d 'What the respondent answered: NPS 0 to 10, CSAT 1 to 5, THUMB 0 or 1' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l channel-uid -d 'The respondent\'s id on the channel: an e-mail address or any other id' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l name -d 'The survey\'s name' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l channel -d 'The channel of the survey, such as rtm or email' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l language -d 'The survey\'s language, such as en' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l message -d 'The prompt that the respondent was shown; may be empty' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l json -d 'Take the record from a JSON file; - for standard input. Options override its fields' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l rate-limit -d 'Rate limit, such as 60/1m; repeatable [default: the profile\'s, or 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l pace -d 'How to spread requests within the smallest rate limit' -r -f -a "even\t'Evenly: 60 per minute is one per second'
early\t'As early as possible: 60 at once, then a pause'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l concurrency -d 'Requests in flight per bot [default: the profile\'s, or 4]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l timeout -d 'How long one request may take, such as 30s [default: the profile\'s, or 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l retries -d 'Retries for a record the server did not accept, while it accepts others' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l delivery -d 'What to do with a record that may have been saved' -r -f -a "at-most-once\t'Leave it in doubt and report it'
at-least-once\t'Send it again; it may then be saved twice'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l wait-for-target -d 'How long to wait for a target that is unreachable or does not answer [default: 10m; 30s for submit]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l any-score -d 'Let a score through that is not on its type\'s scale'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l dry-run -d 'Show the request, its token redacted, and send nothing'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l curl -d 'With --dry-run: show the request as a curl command'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l again -d 'Submit although the same record is in doubt from an earlier submit: it may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l sandbox -d 'Send to a sandbox inside this process: nothing to configure, nothing real'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l no-rate-limit -d 'Send without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l map -d 'Take a field (or bot_id) from this column: a header, \'Name#2\' for the second Name, \'#7\' for the seventh column; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l set -d 'Give a field (or bot_id) this value in every row; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l mapping -d 'Use a mapping from the config or from a file' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l preset -d 'Use the built-in mapping for this export; `presets list` shows all' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l no-answer -d 'Skip rows with this text as score, such as NA; \'\' for an empty cell; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l format -d 'File format: csv, tsv, ndjson, json, xlsx, xls or ods [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l sheet -d 'Sheet of a workbook: its name, or its number from 1 [default: the first visible sheet]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l header-rows -d 'Number of header rows, 1 to 3 [default: detected for Qualtrics and SurveyMonkey, else 1]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l delimiter -d 'Delimiter between cells: , ; tab or | [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l encoding -d 'Text encoding, such as windows-1252 [default: detected; required if two encodings are possible]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l filter -d 'Import only rows with this value in a column (COLUMN!=VALUE: without it); repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l rows -d 'Import only these rows, such as 1000-2000; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l sample -d 'Import a random sample of N rows, always the same rows for the same file' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l dedupe-by -d 'Import only the first of rows with the same text in this column; repeat it to compare several columns together' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l exclude-run -d 'Skip the rows of this file that an earlier run has sent; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l include -d 'Include rows that the preset or mapping skips for this reason, such as previews; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l failures -d 'Write the failure report to this file [default: NAME.failures.csv, next to the first input]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l rate-limit -d 'Rate limit, such as 60/1m; repeatable [default: the profile\'s, or 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l pace -d 'How to spread requests within the smallest rate limit' -r -f -a "even\t'Evenly: 60 per minute is one per second'
early\t'As early as possible: 60 at once, then a pause'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l concurrency -d 'Requests in flight per bot [default: the profile\'s, or 4]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l timeout -d 'How long one request may take, such as 30s [default: the profile\'s, or 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l retries -d 'Retries for a record the server did not accept, while it accepts others' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l delivery -d 'What to do with a record that may have been saved' -r -f -a "at-most-once\t'Leave it in doubt and report it'
at-least-once\t'Send it again; it may then be saved twice'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l wait-for-target -d 'How long to wait for a target that is unreachable or does not answer [default: 10m; 30s for submit]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l dry-run -d 'Check everything, show the mapping, a preview and the duration, and send nothing'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l skip-invalid -d 'Import the valid rows, and write the invalid ones to the failure report'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l dedupe -d 'Import only the first of identical records; uses about 75 MB of memory per million rows'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l allow-any-score -d 'Allow scores outside the scale of their type'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l include-in-doubt -d 'When importing a failure report: also send its rows in doubt; they may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l resume -d 'Resume the unfinished run of this file'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l resend-in-doubt -d 'With --resume: send rows in doubt again; they may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l again -d 'Import a file that was already imported; every row is then saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l verify -d 'At the end, ask the server what became of rows in doubt, as `runs verify` does; needs read access'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l sandbox -d 'Send to a sandbox inside this process: nothing to configure, nothing real'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l no-rate-limit -d 'Send without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l map -d 'Take a field (or bot_id) from this column: a header, \'Name#2\' for the second Name, \'#7\' for the seventh column; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l set -d 'Give a field (or bot_id) this value in every row; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l mapping -d 'Use a mapping from the config or from a file' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l preset -d 'Use the built-in mapping for this export; `presets list` shows all' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l no-answer -d 'Skip rows with this text as score, such as NA; \'\' for an empty cell; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l format -d 'File format: csv, tsv, ndjson, json, xlsx, xls or ods [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l sheet -d 'Sheet of a workbook: its name, or its number from 1 [default: the first visible sheet]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l header-rows -d 'Number of header rows, 1 to 3 [default: detected for Qualtrics and SurveyMonkey, else 1]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l delimiter -d 'Delimiter between cells: , ; tab or | [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l encoding -d 'Text encoding, such as windows-1252 [default: detected; required if two encodings are possible]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l write-mapping -d 'Write the proposed mapping to this new file' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l ttl -d 'How long it lives, such as 5m or 1h [default: the profile\'s token_ttl, or 10m]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l sub -d 'Its subject: who calls [default: the profile\'s subject, or kore-feedback]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l claim -d 'A further claim; VALUE is JSON where it parses, and else text (repeatable)' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l jti -d 'With a jti, so that it works once; it may live 1h at most then'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l sandbox -d 'Mint it with the made-up credentials of a sandbox: nothing to configure'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l header -d 'Print it as the header `auth: …`, ready for curl'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -f -a "inspect" -d 'Say what a token claims, how long it lasts and what the platform would refuse in it'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -f -a "list" -d 'List all runs'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -f -a "show" -d 'Show one run'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -f -a "resume" -d 'Go on with an unfinished run, as it was begun'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -f -a "failures" -d 'Print a run\'s failure report again'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures verify" -f -a "verify" -d 'Ask the server what became of a run\'s rows, and resolve those in doubt'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l rows -d 'Print every row\'s outcome, with the server\'s id, as CSV; with --output json as an array'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l resend-in-doubt -d 'Send rows in doubt again, though they may have been saved'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l wait -d 'How long a record may take to appear, such as 5m: what is not found is looked for again until then [default: look once]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l limit -d 'Rolling limit to stay within, such as 60/1m; repeatable [default: the profile\'s, else 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l timeout -d 'How long one call may take, such as 30s [default: the profile\'s, else 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l no-limit -d 'Stay within no limit at all'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List all presets, and what each is for'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Print a preset as a mapping file: as an example, or to begin one of your own with'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l port -d 'Port on 127.0.0.1 to listen on; 0 takes a free one' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l bot-id -d 'Id of the bot to serve; repeatable: the first stands in the profile [default: an invented one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l limit -d 'Rolling limit of each bot, such as 60/1m; repeatable [default: none]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l latency -d 'Time that a call takes, such as 50ms or 20ms..80ms [default: none]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l fault -d 'Let calls go wrong: KIND, or KIND:every=N, at=N, first=N or p=0.1; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l seed -d 'Where invented ids, times and chances start: the same seed, the same sandbox' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l enforce-jti -d 'Refuse tokens without jti, as an app with "Enforce JTI" does'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -f -a "show" -d 'Print every setting with its source; of a secret only where it comes from'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -f -a "path" -d 'Print where the config is, or would be'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path init" -f -a "init" -d 'Write a commented config to begin with, for you alone to read; never overwrites one'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON value'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
