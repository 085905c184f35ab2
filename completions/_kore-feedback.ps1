
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'kore-feedback' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'kore-feedback'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'kore-feedback' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('submit', 'submit', [CompletionResultType]::ParameterValue, 'Submit one piece of feedback')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Import feedback from a file, each row exactly once')
            [CompletionResult]::new('token', 'token', [CompletionResultType]::ParameterValue, 'Print a token (JWT) for the API, or look into one')
            [CompletionResult]::new('runs', 'runs', [CompletionResultType]::ParameterValue, 'Look at earlier runs: what was sent, and what became of it')
            [CompletionResult]::new('presets', 'presets', [CompletionResultType]::ParameterValue, 'Show the mappings that come with this tool')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Serve an imitation of the Kore.ai feedback API on this machine, to try things against')
            [CompletionResult]::new('config', 'config', [CompletionResultType]::ParameterValue, 'Show what is configured, or write a config to begin with')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completions')
            break
        }
        'kore-feedback;submit' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Kind of feedback: NPS, CSAT or THUMB')
            [CompletionResult]::new('--score', '--score', [CompletionResultType]::ParameterName, 'What the respondent answered: NPS 0 to 10, CSAT 1 to 5, THUMB 0 or 1')
            [CompletionResult]::new('--channel-uid', '--channel-uid', [CompletionResultType]::ParameterName, 'The respondent''s id on the channel: an e-mail address or any other id')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'The survey''s name')
            [CompletionResult]::new('--channel', '--channel', [CompletionResultType]::ParameterName, 'The channel of the survey, such as rtm or email')
            [CompletionResult]::new('--language', '--language', [CompletionResultType]::ParameterName, 'The survey''s language, such as en')
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'The prompt that the respondent was shown; may be empty')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Take the record from a JSON file; - for standard input. Options override its fields')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Rolling limit to stay within, such as 60/1m; repeatable [default: the profile''s, else 60/1m and 1800/1h]')
            [CompletionResult]::new('--pace', '--pace', [CompletionResultType]::ParameterName, 'How calls are spread inside the smallest limit')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls in flight at once, to each bot [default: the profile''s, else 4]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call may take, such as 30s [default: the profile''s, else 30s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries again for a record that the server surely did not take, while others get through')
            [CompletionResult]::new('--delivery', '--delivery', [CompletionResultType]::ParameterName, 'What to do with a record that may or may not have been saved')
            [CompletionResult]::new('--wait-for-target', '--wait-for-target', [CompletionResultType]::ParameterName, 'How long a target that can''t be reached, or doesn''t answer, is waited for [default: 10m; for submit 30s]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--any-score', '--any-score', [CompletionResultType]::ParameterName, 'Let a score through that is not on its type''s scale')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the request, its token redacted, and send nothing')
            [CompletionResult]::new('--curl', '--curl', [CompletionResultType]::ParameterName, 'With --dry-run: show the request as a curl command')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Submit although the same record is in doubt from an earlier submit: it may then be saved twice')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Send to a sandbox started in this process instead: nothing to configure, nothing real')
            [CompletionResult]::new('--no-rate-limit', '--no-rate-limit', [CompletionResultType]::ParameterName, 'Stay within no limit at all')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;import' {
            [CompletionResult]::new('--map', '--map', [CompletionResultType]::ParameterName, 'Take a field, or bot_id, from this column: its header, ''Name#2'' for the second Name, ''#7'' for the seventh column; repeatable')
            [CompletionResult]::new('--set', '--set', [CompletionResultType]::ParameterName, 'Give a field, or bot_id, this value in every row; repeatable')
            [CompletionResult]::new('--format', '--format', [CompletionResultType]::ParameterName, 'What the file is: csv, tsv, ndjson, json, xlsx, xls or ods [default: found out from its content]')
            [CompletionResult]::new('--sheet', '--sheet', [CompletionResultType]::ParameterName, 'Which sheet of a workbook: its name, or its place from 1 [default: the first that is not hidden]')
            [CompletionResult]::new('--header-rows', '--header-rows', [CompletionResultType]::ParameterName, 'How many rows are the header, 1 to 3 [default: found out for Qualtrics and SurveyMonkey, else 1]')
            [CompletionResult]::new('--delimiter', '--delimiter', [CompletionResultType]::ParameterName, 'What stands between two cells: , ; tab or | [default: found out]')
            [CompletionResult]::new('--encoding', '--encoding', [CompletionResultType]::ParameterName, 'The file''s encoding, such as windows-1252 [default: found out, or asked for if it can be either of two]')
            [CompletionResult]::new('--failures', '--failures', [CompletionResultType]::ParameterName, 'Where the failure report goes [default: beside the first input, as NAME.failures.csv]')
            [CompletionResult]::new('--mapping', '--mapping', [CompletionResultType]::ParameterName, 'Take fields as this mapping says: one of the config''s, or a file')
            [CompletionResult]::new('--preset', '--preset', [CompletionResultType]::ParameterName, 'Take fields as is usual for this kind of export; `presets list` shows all')
            [CompletionResult]::new('--no-answer', '--no-answer', [CompletionResultType]::ParameterName, 'What stands for a score where nobody answered, such as NA: the row is skipped; repeatable, '''' for empty cells')
            [CompletionResult]::new('--write-mapping', '--write-mapping', [CompletionResultType]::ParameterName, 'With --plan: write the proposed mapping into this new file')
            [CompletionResult]::new('--filter', '--filter', [CompletionResultType]::ParameterName, 'Import only rows with this value in a column, or with != those without; repeatable')
            [CompletionResult]::new('--rows', '--rows', [CompletionResultType]::ParameterName, 'Import only these rows, such as 1000-2000; repeatable')
            [CompletionResult]::new('--sample', '--sample', [CompletionResultType]::ParameterName, 'Import so many rows, chosen at random, and for the same file always the same')
            [CompletionResult]::new('--dedupe-by', '--dedupe-by', [CompletionResultType]::ParameterName, 'Import of rows with the same text in this column only the first; with several columns, in all of them')
            [CompletionResult]::new('--exclude-run', '--exclude-run', [CompletionResultType]::ParameterName, 'Leave out the rows of this file that an earlier run has sent; repeatable')
            [CompletionResult]::new('--include', '--include', [CompletionResultType]::ParameterName, 'Import rows, too, that the preset or mapping skips for this reason, such as previews; repeatable')
            [CompletionResult]::new('--rate-limit', '--rate-limit', [CompletionResultType]::ParameterName, 'Rolling limit to stay within, such as 60/1m; repeatable [default: the profile''s, else 60/1m and 1800/1h]')
            [CompletionResult]::new('--pace', '--pace', [CompletionResultType]::ParameterName, 'How calls are spread inside the smallest limit')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Calls in flight at once, to each bot [default: the profile''s, else 4]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call may take, such as 30s [default: the profile''s, else 30s]')
            [CompletionResult]::new('--retries', '--retries', [CompletionResultType]::ParameterName, 'Tries again for a record that the server surely did not take, while others get through')
            [CompletionResult]::new('--delivery', '--delivery', [CompletionResultType]::ParameterName, 'What to do with a record that may or may not have been saved')
            [CompletionResult]::new('--wait-for-target', '--wait-for-target', [CompletionResultType]::ParameterName, 'How long a target that can''t be reached, or doesn''t answer, is waited for [default: 10m; for submit 30s]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Check everything, show the mapping, a preview and how long the run would take, and send nothing')
            [CompletionResult]::new('--skip-invalid', '--skip-invalid', [CompletionResultType]::ParameterName, 'Import the valid rows, and put the others into the failure report')
            [CompletionResult]::new('--allow-any-score', '--allow-any-score', [CompletionResultType]::ParameterName, 'Let scores through that are not on their type''s scale')
            [CompletionResult]::new('--include-in-doubt', '--include-in-doubt', [CompletionResultType]::ParameterName, 'When importing a failure report: send its rows in doubt, too, though they may have been saved')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on with the unfinished run of this file')
            [CompletionResult]::new('--resend-in-doubt', '--resend-in-doubt', [CompletionResultType]::ParameterName, 'With --resume: send rows in doubt again, though they may have been saved')
            [CompletionResult]::new('--again', '--again', [CompletionResultType]::ParameterName, 'Import a file that has been imported before once more: every row is then saved twice')
            [CompletionResult]::new('--verify', '--verify', [CompletionResultType]::ParameterName, 'At the end, ask the server what became of rows in doubt, as `runs verify` does; needs the scope to read')
            [CompletionResult]::new('--plan', '--plan', [CompletionResultType]::ParameterName, 'Show what the file holds and propose a mapping, and send nothing')
            [CompletionResult]::new('--dedupe', '--dedupe', [CompletionResultType]::ParameterName, 'Import of rows that make the same record only the first; takes some 75 MB of memory for every million rows')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Send to a sandbox started in this process instead: nothing to configure, nothing real')
            [CompletionResult]::new('--no-rate-limit', '--no-rate-limit', [CompletionResultType]::ParameterName, 'Stay within no limit at all')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;token' {
            [CompletionResult]::new('--ttl', '--ttl', [CompletionResultType]::ParameterName, 'How long it lives, such as 5m or 1h [default: the profile''s token_ttl, or 10m]')
            [CompletionResult]::new('--sub', '--sub', [CompletionResultType]::ParameterName, 'Its subject: who calls [default: the profile''s subject, or kore-feedback]')
            [CompletionResult]::new('--claim', '--claim', [CompletionResultType]::ParameterName, 'A further claim; VALUE is JSON where it parses, and else text (repeatable)')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--jti', '--jti', [CompletionResultType]::ParameterName, 'With a jti, so that it works once; it may live 1h at most then')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Mint it with the made-up credentials of a sandbox: nothing to configure')
            [CompletionResult]::new('--header', '--header', [CompletionResultType]::ParameterName, 'Print it as the header `auth: …`, ready for curl')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('inspect', 'inspect', [CompletionResultType]::ParameterValue, 'Say what a token claims, how long it lasts and what the platform would refuse in it')
            break
        }
        'kore-feedback;token;inspect' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;runs' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all runs')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one run')
            [CompletionResult]::new('resume', 'resume', [CompletionResultType]::ParameterValue, 'Go on with an unfinished run, as it was begun')
            [CompletionResult]::new('failures', 'failures', [CompletionResultType]::ParameterValue, 'Print a run''s failure report again')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Ask the server what became of a run''s rows, and resolve those in doubt')
            break
        }
        'kore-feedback;runs;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;runs;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--rows', '--rows', [CompletionResultType]::ParameterName, 'Print every row''s outcome, with the server''s id, as CSV; with --output json as an array')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;runs;resume' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--resend-in-doubt', '--resend-in-doubt', [CompletionResultType]::ParameterName, 'Send rows in doubt again, though they may have been saved')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;runs;failures' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;runs;verify' {
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'How long a record may take to appear, such as 5m: what is not found is looked for again until then [default: look once]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Rolling limit to stay within, such as 60/1m; repeatable [default: the profile''s, else 60/1m and 1800/1h]')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call may take, such as 30s [default: the profile''s, else 30s]')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--no-limit', '--no-limit', [CompletionResultType]::ParameterName, 'Stay within no limit at all')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;presets' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List all presets, and what each is for')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print a preset as a mapping file: as an example, or to begin one of your own with')
            break
        }
        'kore-feedback;presets;list' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;presets;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;sandbox' {
            [CompletionResult]::new('--port', '--port', [CompletionResultType]::ParameterName, 'Port on 127.0.0.1 to listen on; 0 takes a free one')
            [CompletionResult]::new('--bot-id', '--bot-id', [CompletionResultType]::ParameterName, 'Id of the bot to serve; repeatable: the first stands in the profile [default: an invented one]')
            [CompletionResult]::new('--limit', '--limit', [CompletionResultType]::ParameterName, 'Rolling limit of each bot, such as 60/1m; repeatable [default: none]')
            [CompletionResult]::new('--latency', '--latency', [CompletionResultType]::ParameterName, 'Time that a call takes, such as 50ms or 20ms..80ms [default: none]')
            [CompletionResult]::new('--fault', '--fault', [CompletionResultType]::ParameterName, 'Let calls go wrong: KIND, or KIND:every=N, at=N, first=N or p=0.1; repeatable')
            [CompletionResult]::new('--seed', '--seed', [CompletionResultType]::ParameterName, 'Where invented ids, times and chances start: the same seed, the same sandbox')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--enforce-jti', '--enforce-jti', [CompletionResultType]::ParameterName, 'Refuse tokens without jti, as an app with "Enforce JTI" does')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;config' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Print every setting with its source; of a secret only where it comes from')
            [CompletionResult]::new('path', 'path', [CompletionResultType]::ParameterValue, 'Print where the config is, or would be')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a commented config to begin with, for you alone to read; never overwrites one')
            break
        }
        'kore-feedback;config;show' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;config;path' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;config;init' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'kore-feedback;completions' {
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Config file to read [default: config.toml in the user''s config directory]')
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Profile of the config to use [default: the config''s default_profile, or its only one]')
            [CompletionResult]::new('--state-dir', '--state-dir', [CompletionResultType]::ParameterName, 'Directory of the ledger [default: kore-feedback in the user''s state directory]')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How results are printed on standard output')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Say nothing on standard error but errors')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Say more on standard error: every retry, wait and refusal')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
