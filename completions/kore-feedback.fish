# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_kore_feedback_global_optspecs
    string join \n config= p/profile= state-dir= o/output= q/quiet v/verbose log-file= color= no-input h/help V/version
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
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -s V -l version -d 'Print version'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "submit" -d 'Submit one feedback record'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "import" -d 'Import feedback from a file, each row exactly once'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "inspect" -d 'Show what a file contains, and propose a mapping for it'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "smoke" -d 'Test the API from end to end, with one record of each type'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "token" -d 'Print a token (JWT) for the API, or inspect one'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "runs" -d 'List, resume and verify earlier runs'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "responses" -d 'Export or show the records that the server has'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "presets" -d 'Show the built-in mappings for exports of survey tools'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "sandbox" -d 'Serve a local imitation of the Kore.ai feedback API for testing'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "config" -d 'Show the settings in effect, or create a config file'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "completions" -d 'Print the completion script of a shell'
complete -c kore-feedback -n "__fish_kore_feedback_needs_command" -f -a "help" -d 'Print the help of a command'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l type -d 'Type of feedback: NPS, CSAT or THUMB' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l score -d 'Score: 0 to 10 for NPS, 1 to 5 for CSAT, 0 or 1 for THUMB' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l channel-uid -l uid -l channelUId -d 'Respondent\'s id on the channel, such as an email address' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l name -d 'Name of the survey' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l channel -d 'Channel of the survey, such as rtm or email' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l language -d 'Language of the survey, such as en' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l message -d 'Prompt shown to the respondent; may be empty' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l json -d 'Read the record from a JSON file, or - for standard input; options override its fields' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l rate-limit -d 'Rate limit, such as 60/1m; repeatable [default: the profile\'s, or 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l pace -d 'How to spread requests within the smallest rate limit' -r -f -a "even\t'Evenly: 60 per minute is one per second'
early\t'As early as possible: 60 at once, then a pause'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l concurrency -d 'Requests in flight per bot [default: the profile\'s, or 4]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l timeout -d 'How long one request may take, such as 30s [default: the profile\'s, or 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l retries -d 'Retries for a record that the server did not accept while it accepted others [default: 5]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l delivery -d 'What to do with a record that may have been saved' -r -f -a "at-most-once\t'Leave it in doubt and report it'
at-least-once\t'Send it again; it may then be saved twice'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l wait-for-target -d 'How long to wait for a target that is unreachable or does not answer [default: 10m; 30s for submit]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l max-wait -d 'Stop rather than wait longer than this for the rate limit or the target [default: no limit; 60s for submit]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l allow-any-score -d 'Allow a score outside the scale of its type'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l dry-run -d 'Print the request without its token, and send nothing'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l curl -d 'With --dry-run, print the request as a curl command'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s y -l yes -d 'Send without asking; without a terminal, nothing is asked'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l again -d 'Submit even if the same record is in doubt from an earlier submit; it may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l sandbox -d 'Send to a sandbox inside this process: no setup, nothing leaves this machine'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l no-rate-limit -d 'Send without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l strict-answers -d 'Fail unless responses have every documented field, unchanged; for smoke tests'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand submit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l map -d 'Take a field (or bot_id) from this column: a header, \'Name#2\' for the second Name, \'#7\' for the seventh column; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l set -d 'Give a field (or bot_id) this value in every row; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l record -d 'Make a record of each row with these fields, such as type=NPS,name=Loyalty,score=Q1; repeat it to make several' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l mapping -d 'Use a mapping from the config or from a file' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l preset -d 'Use the built-in mapping for this export; `presets list` shows all' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l no-answer -d 'Skip rows whose score is this text, such as NA; \'\' for an empty cell; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l format -d 'File format: csv, tsv, ndjson, json, xlsx, xls or ods [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l sheet -d 'Sheet of a workbook: its name, or its number from 1; repeatable; \'*\' for all [default: the first visible sheet]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l header-rows -d 'Number of header rows, 1 to 3 [default: detected for Qualtrics and SurveyMonkey, else 1]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l skip-lines -d 'Ignore this many lines above the header; in a workbook, rows of the sheet' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l records-at -d 'Where a JSON document has its array of records, such as results or data.items' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l delimiter -d 'Delimiter between cells: , ; tab or | [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l encoding -d 'Text encoding, such as windows-1252 or cp850 [default: detected; required if two encodings are possible]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l max-invalid -d 'With --skip-invalid: refuse the import if more are invalid than this: a number, or a percentage such as 1%' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l filter -d 'Import only rows that meet this condition; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l rows -d 'Import only these rows, such as 1000-2000; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l sample -d 'Import a random sample of N rows, always the same ones for a file' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l dedupe-by -d 'Import only the first of rows with the same text in this column; repeat it to compare several columns together' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l exclude-run -d 'Skip the rows of this file that an earlier run sent; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l include -d 'Include rows that the preset or mapping skips for this reason, such as previews; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l failures -d 'Write the failure report to this file [default: NAME.failures.csv, next to the first input]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l report -d 'At the end, also after an interruption, write a report of the run to this HTML file' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l key -d 'Recognize rows that were sent before by this column, such as ResponseId, instead of by all fields; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l on-finish -d 'Run this command when the run has ended or stopped, with the JSON summary on its standard input' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l max-rejected -d 'Stop when more records than this are rejected: a number, or a percentage such as 5% [default: 5%]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l rate-limit -d 'Rate limit, such as 60/1m; repeatable [default: the profile\'s, or 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l pace -d 'How to spread requests within the smallest rate limit' -r -f -a "even\t'Evenly: 60 per minute is one per second'
early\t'As early as possible: 60 at once, then a pause'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l concurrency -d 'Requests in flight per bot [default: the profile\'s, or 4]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l timeout -d 'How long one request may take, such as 30s [default: the profile\'s, or 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l retries -d 'Retries for a record that the server did not accept while it accepted others [default: 5]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l delivery -d 'What to do with a record that may have been saved' -r -f -a "at-most-once\t'Leave it in doubt and report it'
at-least-once\t'Send it again; it may then be saved twice'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l wait-for-target -d 'How long to wait for a target that is unreachable or does not answer [default: 10m; 30s for submit]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l max-wait -d 'Stop rather than wait longer than this for the rate limit or the target [default: no limit; 60s for submit]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l no-header -d 'The file has no header: its columns are #1, #2 and so on, and its first row is a record'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l dry-run -d 'Check everything, show a preview and the duration, send nothing'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l skip-invalid -d 'Import the valid rows, and write the invalid ones to the failure report'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l dedupe -d 'Import only the first of identical records; uses about 75 MB of memory per million records'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l allow-any-score -d 'Allow scores outside the scale of their type'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l include-in-doubt -d 'When importing a failure report: also send its rows in doubt; they may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l resume -d 'Resume the unfinished run of this file'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l resend-in-doubt -d 'With --resume: send rows in doubt again; they may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l rejected -d 'With --resume: send rejected rows again'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l only-new -d 'Import only what was not sent before: the new rows of an export that has grown'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l again -d 'Import rows although they were sent before; they are then saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s y -l yes -d 'Send without asking; without a terminal, nothing is asked'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l allow-unfinished -d 'With --again: leave an earlier run of the file unfinished; `runs resume` can still finish it'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l verify -d 'At the end, ask the server what became of rows in doubt, as `runs verify` does; needs read access'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l sandbox -d 'Send to a sandbox inside this process: no setup, nothing leaves this machine'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l no-rate-limit -d 'Send without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l strict-answers -d 'Fail unless responses have every documented field, unchanged; for smoke tests'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l map -d 'Take a field (or bot_id) from this column: a header, \'Name#2\' for the second Name, \'#7\' for the seventh column; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l set -d 'Give a field (or bot_id) this value in every row; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l record -d 'Make a record of each row with these fields, such as type=NPS,name=Loyalty,score=Q1; repeat it to make several' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l mapping -d 'Use a mapping from the config or from a file' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l preset -d 'Use the built-in mapping for this export; `presets list` shows all' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l no-answer -d 'Skip rows whose score is this text, such as NA; \'\' for an empty cell; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l format -d 'File format: csv, tsv, ndjson, json, xlsx, xls or ods [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l sheet -d 'Sheet of a workbook: its name, or its number from 1; repeatable; \'*\' for all [default: the first visible sheet]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l header-rows -d 'Number of header rows, 1 to 3 [default: detected for Qualtrics and SurveyMonkey, else 1]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l skip-lines -d 'Ignore this many lines above the header; in a workbook, rows of the sheet' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l records-at -d 'Where a JSON document has its array of records, such as results or data.items' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l delimiter -d 'Delimiter between cells: , ; tab or | [default: detected]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l encoding -d 'Text encoding, such as windows-1252 or cp850 [default: detected; required if two encodings are possible]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l write-mapping -d 'Write the proposed mapping to this new file' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l no-header -d 'The file has no header: its columns are #1, #2 and so on, and its first row is a record'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l name -d 'Name of the survey that the records are sent to' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l type -d 'Send only a record of this type: NPS, CSAT or THUMB; repeatable [default: all three]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l channel-uid -d 'Respondent\'s id, by which the records can be recognized' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l channel -d 'Channel of the records [default: the profile\'s, or rtm]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l language -d 'Language of the records [default: the profile\'s, or en]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l max-latency -d 'Fail if an answer takes longer than this, such as 2s' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l wait -d 'How long to look for the records when they are read back [default: 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l junit -d 'Also write the result to this file, as JUnit XML' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l rate-limit -d 'Rate limit, such as 60/1m; repeatable [default: the profile\'s, or 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l timeout -d 'How long one request may take, such as 30s [default: the profile\'s, or 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l wait-for-target -d 'How long to wait for a target that is unreachable or does not answer [default: 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l max-wait -d 'Stop rather than wait longer than this for the rate limit or the target [default: 60s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l read-only -d 'Send nothing: check the connection, the token, its scope and a read'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -s y -l yes -d 'Send without asking first; without a terminal, nothing is asked'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l sandbox -d 'Send to a sandbox inside this process: no setup, nothing leaves this machine'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l no-rate-limit -d 'Send without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand smoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l ttl -d 'Lifetime, such as 5m or 1h [default: the profile\'s token_ttl, or 10m]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l sub -d 'Subject claim [default: the profile\'s subject, or kore-feedback]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l claim -d 'Additional claim; VALUE is JSON if it parses, otherwise text; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l jti -d 'Add a jti, so that the token works only once; its lifetime is then at most 1h'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l sandbox -d 'Use the generated credentials of a sandbox, without any configuration'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l header -d 'Print the header `auth: …`, ready for curl'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and not __fish_seen_subcommand_from inspect" -f -a "inspect" -d 'Show a token\'s claims and expiry, and what the platform would reject'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand token; and __fish_seen_subcommand_from inspect" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -f -a "list" -d 'List the runs, newest first'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -f -a "show" -d 'Show one run'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -f -a "resume" -d 'Resume an unfinished run with the options it was started with'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -f -a "failures" -d 'Print the failure report of a run again'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -f -a "report" -d 'Write a report of a run as a web page: outcomes, scores, requests over time, and why records were not saved'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and not __fish_seen_subcommand_from list show resume failures report verify" -f -a "verify" -d 'Ask the server whether the rows of a run were saved'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l limit -d 'List only the last N runs' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l rows -d 'Print the outcome and server id of every row as CSV, or as an array with --output json'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l max-rejected -d 'Stop when more records than this are rejected: a number, or a percentage such as 5%' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l on-finish -d 'Run this command at the end [default: that of the run, if it has one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l resend-in-doubt -d 'Also send rows in doubt again; they may then be saved twice'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l rejected -d 'Also send rejected rows again'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from failures" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l wait -d 'Keep looking for missing records for this long, such as 5m [default: look once]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l settle -d 'How long the server may take to save a record after its request went unanswered [default: 5m]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l rate-limit -d 'Rolling rate limit, such as 60/1m; repeatable [default: the profile\'s, else 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l timeout -d 'Timeout of one request, such as 30s [default: the profile\'s, else 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l all -d 'Look for every saved row, too, even if few rows are in doubt'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l recover -d 'Recover the run if the ledger was damaged, copied or restored'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l no-rate-limit -d 'Read without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand runs; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -f -a "export" -d 'Export the records that the server has, as CSV or JSON'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and not __fish_seen_subcommand_from export scores" -f -a "scores" -d 'Show the scores of the records that the server has'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l format -d 'Format of the records [default: by the ending of FILE, or csv]' -r -f -a "csv\t'Comma-separated values in UTF-8, with a header'
ndjson\t'One JSON object per line'
json\t'One JSON array'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l from -d 'First day (UTC), or a time such as 2026-01-01T09:00+01:00' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l to -d 'Last day (UTC), or a time [default: now]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l survey -d 'Only records of the survey with this name' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l type -d 'Only records of this type: NPS, CSAT or THUMB' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l channel -d 'Only records with this channel' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l channel-uid -d 'Only records of this respondent; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l score -d 'Only records with this score, or a range such as 0..6' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l rate-limit -d 'Rolling rate limit, such as 60/1m; repeatable [default: the profile\'s, else 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l timeout -d 'Timeout of one request, such as 30s [default: the profile\'s, else 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l spreadsheet -d 'Mark CSV as UTF-8, and texts that a spreadsheet would read as a formula with an apostrophe'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l no-rate-limit -d 'Read without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l by -d 'Show the scores of each week, month, channel or language' -r -f -a "week\t'ISO weeks, in UTC'
month\t'Months, in UTC'
channel\t'Channels'
language\t'Languages'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l from -d 'First day (UTC), or a time such as 2026-01-01T09:00+01:00' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l to -d 'Last day (UTC), or a time [default: now]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l survey -d 'Only records of the survey with this name' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l type -d 'Only records of this type: NPS, CSAT or THUMB' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l channel -d 'Only records with this channel' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l channel-uid -d 'Only records of this respondent; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l score -d 'Only records with this score, or a range such as 0..6' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l rate-limit -d 'Rolling rate limit, such as 60/1m; repeatable [default: the profile\'s, else 60/1m and 1800/1h]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l timeout -d 'Timeout of one request, such as 30s [default: the profile\'s, else 30s]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l no-rate-limit -d 'Read without any rate limit'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand responses; and __fish_seen_subcommand_from scores" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -f -a "list" -d 'List all presets and the export each is for'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and not __fish_seen_subcommand_from list show" -f -a "show" -d 'Print a preset as a mapping file that you can adapt'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand presets; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l port -d 'Port to listen on; 0 picks a free one' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l bot-id -d 'Id of a bot to serve; repeatable, the first is used in the profile [default: a generated id]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l responses-api -d 'Version of getFeedbackSurveyResponses, which the vendor documents in two versions' -r -f -a "a\t'No page or time limit is stated; filters other than the time and the channel are ignored'
b\t'At most 50 records and 90 days a call; filters by survey, respondent and score'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l rate-limit -d 'Rolling rate limit of each bot, such as 60/1m; repeatable [default: none]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l latency -d 'Time to respond, such as 50ms or 20ms..80ms [default: none]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l fault -d 'Inject a fault: KIND, or KIND:every=N, at=N, first=N, burst=N or p=0.1; repeatable' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l clock-offset -d 'How far the sandbox\'s clock is ahead of this machine\'s, such as 2h or -24h; tokens are checked by this machine\'s' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l seed -d 'Seed of generated ids, latencies and random faults; the same seed gives the same sandbox' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l enforce-jti -d 'Reject tokens without jti, like an app with "Enforce JTI"'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l enforce-jwe -d 'Reject tokens that are not encrypted, like an app with "Enforce JWE"; the profile names a file with the public key'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "show" -d 'Show all settings in effect with their sources; of a secret, only the source'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "path" -d 'Print the path of the config file, whether it exists or not'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "check" -d 'Check the config, the credentials and the way to the server, up to a read that changes nothing'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "init" -d 'Create a commented config file that only you can read; never overwrites a file'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "get" -d 'Print one setting in effect; of a secret, only the source'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "set" -d 'Change one setting of a profile in the config file; comments stay'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and not __fish_seen_subcommand_from show path check init get set edit" -f -a "edit" -d 'Open the config file in the editor that VISUAL or EDITOR names, and check it afterwards'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from path" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from get" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand config; and __fish_seen_subcommand_from edit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -l config -d 'Config file [default: config.toml in the user\'s config directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -s p -l profile -d 'Profile from the config [default: default_profile, or the only one]' -r
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -l state-dir -d 'Directory of the ledger [default: kore-feedback in the user\'s state directory]' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -s o -l output -d 'Format of results on stdout' -r -f -a "text\t'For people'
json\t'For programs: one JSON object'
ndjson\t'For programs: an object per record while an import runs, then the summary'"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -l log-file -d 'Append all messages to this file, with times and all details' -r -F
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -l color -d 'Color the output; auto colors terminals, and obeys NO_COLOR and CLICOLOR_FORCE' -r -f -a "auto\t''
always\t''
never\t''"
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -s q -l quiet -d 'Print only errors to stderr'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -s v -l verbose -d 'Print details to stderr: every retry, wait and rejected row'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -l no-input -d 'Never ask anything, even on a terminal'
complete -c kore-feedback -n "__fish_kore_feedback_using_subcommand help" -s h -l help -d 'Print help (see more with \'--help\')'
