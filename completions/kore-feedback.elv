set edit:completion:arg-completer[kore-feedback] = { |@words|
    var index = (count $words)
    set index = (- $index 1)

    put (env _CLAP_IFS="\n" _CLAP_COMPLETE_INDEX=(to-string $index) KORE_FEEDBACK_COMPLETE="elvish" kore-feedback -- $@words) | to-lines
}
