_kore_feedback() {
    COMPREPLY=()
    local candidate
    while IFS= read -r candidate; do
        COMPREPLY+=("$candidate")
    done < <(KORE_FEEDBACK_COMPLETE=bash command kore-feedback -- "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
    # The word goes on after these. bash 3 has no compopt.
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
# bash before 4.4 sorts them.
complete -o nosort -F _kore_feedback kore-feedback 2>/dev/null || complete -F _kore_feedback kore-feedback
