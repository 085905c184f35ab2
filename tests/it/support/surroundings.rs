//! A temporary home for the binary, so that nothing of the user's is read or written.

use std::path::PathBuf;

use assert_cmd::Command;
use assert_cmd::assert::Assert;

/// An empty home, deleted when dropped.
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

    pub(crate) fn config_path(&self) -> PathBuf {
        self.path("config/kore-feedback/config.toml")
    }

    pub(crate) fn write_config(&self, text: &str) -> PathBuf {
        self.write("config/kore-feedback/config.toml", text)
    }

    /// The directory of the ledger.
    pub(crate) fn state(&self) -> PathBuf {
        self.path("state/kore-feedback")
    }

    /// The binary, with only this home and PATH in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        Command::from_std(self.process(arguments))
    }

    /// The same, to run in the background.
    pub(crate) fn process(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_kore-feedback"));
        command.args(arguments);
        command
    }

    /// Another program in the same home.
    pub(crate) fn program(&self, program: &str) -> std::process::Command {
        let mut command = std::process::Command::new(program);
        command.current_dir(self.home.path()).env_clear();
        // PATH at build time: tests may not read the environment.
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

pub(crate) fn stdout(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

pub(crate) fn stderr(assert: &Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

/// Standard output as JSON.
pub(crate) fn json(assert: &Assert) -> serde_json::Value {
    serde_json::from_str(&stdout(assert)).unwrap()
}
