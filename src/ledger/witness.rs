//! What a run has sent, kept outside the database: a ledger that has lost its end must not send that end again.
//!
//! SQLite drops the write-ahead log from its first damaged frame on, without an error. What is left is a sound database
//! that has forgotten the last rows. So each import has a witness, a small file beside its lease, which counts the
//! intents that were committed. In the database the same count is the sum of `rows.attempts`: no counter that could
//! survive while the rows are lost.
//!
//! The order makes the comparison one-sided. The writer thread commits a group of intents (durable), then writes their
//! count to the witness, then hands out the claims. So no POST is sent that the witness does not count, and a sound
//! ledger never knows less than its witness. The witness is not synced: that costs nothing measurable, and after
//! SIGKILL it is complete because the system has it. After a power cut it may be older than the database, which raises
//! no false alarm; only damage to the database in the same power cut could then go unnoticed.
//!
//! A whole directory that was copied or restored agrees with itself. It is recognized by the witness's own file: it
//! contains the time at which the file was created, and a copy is created later. This does not recognize snapshots of
//! a disk, a copy written over the same files, or a file system that records no creation times.
//!
//! The second line has the run's lines in `runs` and `bots`, so that a run can be recovered without the database.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use serde::{Deserialize, Serialize};

use super::lease::lease_directory;
use super::lines::Lines;
use super::{Distrust, LedgerError, RunId};
use crate::private;

/// A file as large as this is not a witness.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What a witness file contains besides the count.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Testimony {
    /// When the file was created, in nanoseconds since 1970; `None` if the file system does not say.
    created: Option<u64>,
    /// The run, as the database had it.
    pub(super) run: Lines,
}

/// The witness of one run, open for writing.
#[derive(Debug)]
pub(super) struct Witness {
    path: PathBuf,
    file: File,
    intents: u64,
    /// The hash of the second line.
    body: blake3::Hash,
}

/// A witness as it was found.
#[derive(Debug)]
pub(super) struct Found {
    /// How many intents were committed.
    pub(super) intents: u64,
    pub(super) testimony: Testimony,
    /// Whether the file was created by something other than this program: it is a copy.
    pub(super) is_copy: bool,
}

impl Witness {
    /// Creates the witness of a run that has this many intents; replaces an earlier one. Requires the run's lease.
    pub(super) fn create(state_dir: &Path, run: RunId, lines: Lines, intents: u64) -> Result<(), LedgerError> {
        let path = path(state_dir, run);
        let new = path.with_extension("new");
        let write = || -> std::io::Result<()> {
            let _ = std::fs::remove_file(&new);
            let mut file = private::file_options().create_new(true).write(true).open(&new)?;
            let testimony = Testimony { created: created(&file), run: lines };
            let body = serde_json::to_string(&testimony)?;
            writeln!(file, "{}{body}", first_line(intents, blake3::hash(body.as_bytes())))?;
            // An empty witness after a power cut would be a false alarm.
            file.sync_all()?;
            std::fs::rename(&new, &path)
        };
        write().map_err(|error| failed(&path, &error))
    }

    /// Opens the witness of a run to add to it; `None` if the run has none.
    pub(super) fn open(state_dir: &Path, run: RunId) -> Result<Option<Self>, LedgerError> {
        let path = path(state_dir, run);
        let opened = File::options().read(true).write(true).open(&path);
        let mut file = match opened {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| failed(&path, &error))?,
        };
        let text = read(&mut file).map_err(|error| failed(&path, &error))?;
        let (intents, body) = split(&text).ok_or(damaged(run))?;
        Ok(Some(Self { path, file, intents, body: blake3::hash(body.as_bytes()) }))
    }

    /// Counts intents that are durable and whose POSTs have not been sent.
    pub(super) fn add(&mut self, intents: u64) -> Result<(), LedgerError> {
        self.intents += intents;
        let line = first_line(self.intents, self.body);
        let written = self.file.rewind().and_then(|()| self.file.write_all(line.as_bytes()));
        written.map_err(|error| failed(&self.path, &error))
    }
}

/// Reads the witness of a run; `None` if the run has none.
///
/// # Errors
/// [`Distrust::WitnessDamaged`], or if it can't be read.
pub(super) fn find(state_dir: &Path, run: RunId) -> Result<Option<Found>, LedgerError> {
    let path = path(state_dir, run);
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(|error| failed(&path, &error))?,
    };
    let text = read(&mut file).map_err(|error| failed(&path, &error))?;
    let parsed =
        split(&text).and_then(|(intents, body)| Some((intents, serde_json::from_str::<Testimony>(body).ok()?)));
    let (intents, testimony) = parsed.ok_or(damaged(run))?;
    let is_copy = testimony.created.is_some() && testimony.created != created(&file);
    Ok(Some(Found { intents, testimony, is_copy }))
}

/// The runs that have a witness, in order.
pub(super) fn runs(state_dir: &Path) -> Result<Vec<RunId>, LedgerError> {
    let directory = lease_directory(state_dir);
    let entries = match std::fs::read_dir(&directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| failed(&directory, &error))?,
    };
    let number = |name: &str| name.strip_prefix("run-")?.strip_suffix(".witness")?.parse().ok().map(RunId);
    let mut runs = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| failed(&directory, &error))?;
        runs.extend(entry.file_name().to_str().and_then(number));
    }
    runs.sort_unstable();
    Ok(runs)
}

fn path(state_dir: &Path, run: RunId) -> PathBuf {
    lease_directory(state_dir).join(format!("run-{run}.witness"))
}

/// The count and a checksum of everything, always equally long: it is overwritten in place, within one sector.
fn first_line(intents: u64, body: blake3::Hash) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&intents.to_le_bytes()).update(body.as_bytes());
    format!("{intents:020} {}\n", hasher.finalize().to_hex())
}

/// The count and the second line, if the checksum is right.
fn split(text: &str) -> Option<(u64, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let body = rest.strip_suffix('\n')?;
    let intents = first.split_once(' ')?.0.parse().ok()?;
    (first_line(intents, blake3::hash(body.as_bytes())).trim_end() == first).then_some((intents, body))
}

fn read(file: &mut File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    // A damaged file need not be UTF-8; its checksum is wrong either way.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// When the file was created. Windows gives a new file the creation time of the one that it replaces.
fn created(file: &File) -> Option<u64> {
    if cfg!(windows) {
        return None;
    }
    let created = file.metadata().and_then(|metadata| metadata.created()).ok()?;
    u64::try_from(created.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

fn damaged(run: RunId) -> LedgerError {
    LedgerError::Untrusted { run, why: Distrust::WitnessDamaged }
}

fn failed(path: &Path, error: &std::io::Error) -> LedgerError {
    LedgerError::Witness { path: path.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{Witness, find, path, runs};
    use crate::ledger::lines::Lines;
    use crate::ledger::{Distrust, LedgerError, RunId};

    const RUN: RunId = RunId(7);

    fn witness() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("leases")).unwrap();
        Witness::create(dir.path(), RUN, Lines::default(), 5).unwrap();
        dir
    }

    #[test]
    fn a_witness_counts_on() {
        let dir = witness();
        let mut witness = Witness::open(dir.path(), RUN).unwrap().unwrap();
        witness.add(3).unwrap();
        witness.add(1).unwrap();
        let found = find(dir.path(), RUN).unwrap().unwrap();
        assert_eq!((found.intents, found.is_copy), (9, false));
        assert_eq!(runs(dir.path()).unwrap(), [RUN]);
        assert!(find(dir.path(), RunId(8)).unwrap().is_none());
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let dir = witness();
        let path = path(dir.path(), RUN);
        let good = std::fs::read(&path).unwrap();
        for bit in 0..good.len() * 8 {
            let mut damaged = good.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, damaged).unwrap();
            assert!(
                matches!(find(dir.path(), RUN), Err(LedgerError::Untrusted { why: Distrust::WitnessDamaged, .. })),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn a_copied_witness_is_recognized() {
        let (original, copy) = (witness(), tempfile::tempdir().unwrap());
        if std::fs::metadata(path(original.path(), RUN)).unwrap().created().is_err() {
            return;
        }
        std::fs::create_dir(copy.path().join("leases")).unwrap();
        std::fs::copy(path(original.path(), RUN), path(copy.path(), RUN)).unwrap();
        assert!(find(copy.path(), RUN).unwrap().unwrap().is_copy);
    }
}
