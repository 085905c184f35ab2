//! A home of its own for the binary: nothing of the user's is read or written.

use std::path::PathBuf;

use assert_cmd::Command;
use assert_cmd::assert::Assert;

/// An empty home. Gone with the test.
pub(crate) struct Surroundings {
    home: tempfile::TempDir,
}

impl Surroundings {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    /// A file below the home.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Where the config is looked for.
    pub(crate) fn config_path(&self) -> PathBuf {
        self.path("config/kore-feedback/config.toml")
    }

    pub(crate) fn write_config(&self, text: &str) -> PathBuf {
        self.write("config/kore-feedback/config.toml", text)
    }

    /// Where the ledger is.
    pub(crate) fn state(&self) -> PathBuf {
        self.path("state/kore-feedback")
    }

    /// The binary, with nothing in its environment but this home and where programs are.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        Command::from_std(self.process(arguments))
    }

    /// The same, for a process that is not waited for at once.
    pub(crate) fn process(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_kore-feedback"));
        command.args(arguments);
        command
    }

    /// Another program in the same home.
    pub(crate) fn program(&self, program: &str) -> std::process::Command {
        let mut command = std::process::Command::new(program);
        command.current_dir(self.home.path()).env_clear();
        // The build's own PATH: a test may not read the environment, and where `sh` is does not change.
        command.env("PATH", option_env!("PATH").unwrap_or("/usr/bin:/bin")).env("HOME", self.home.path());
        for (name, directory) in [("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("XDG_DATA_HOME", "data")]
        {
            command.env(name, self.path(directory));
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Assert {
        self.command(arguments).assert()
    }
}

/// What went to standard output.
pub(crate) fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// What went to standard error.
pub(crate) fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// Standard output as JSON.
pub(crate) fn json(assert: &Assert) -> serde_json::Value {
    serde_json::from_str(&stdout(assert)).unwrap()
}
