//! The table of results, and the machine that they are from.

pub(crate) fn ratios(ours: &[f64], theirs: &[f64]) -> Vec<f64> {
    ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect()
}

/// Prints a line of the table; without figures, that their program is not installed.
pub(crate) fn row(what: &str, figures: &[f64]) {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let shown = |figure: f64| if figure >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.3}") };
    match (sorted.first(), sorted.last()) {
        (Some(min), Some(max)) => {
            println!("| {what} | {} | {}–{} |", shown(sorted[sorted.len() / 2]), shown(*min), shown(*max));
        }
        _ => println!("| {what} | not installed | |"),
    }
}

pub(crate) fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let model = cpuinfo.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let (kernel, load) = (read("/proc/sys/kernel/osrelease"), read("/proc/loadavg"));
    let model = model.trim_start_matches([' ', '\t', ':']);
    format!("{cpus} CPUs ({model}), Linux {}, load before: {}", kernel.trim(), load.trim())
}
