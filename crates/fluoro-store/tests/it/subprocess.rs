//! Tests that need a process of their own run this binary again, for one ignored test.

use std::process::Command;

const DIRECTORY: &str = "FLUORO_STORE_TEST_DIRECTORY";

/// Arguments that make this binary run one ignored test and nothing else.
pub(crate) fn arguments(test: &str) -> [&str; 5] {
    [
        test,
        "--exact",
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]
}

/// The path of this binary.
pub(crate) fn binary() -> String {
    let path = std::env::current_exe().unwrap();
    path.to_str().unwrap().to_owned()
}

/// Tells the other process where its store is.
pub(crate) fn in_directory<'a>(command: &'a mut Command, path: &str) -> &'a mut Command {
    command.env(DIRECTORY, path)
}

/// Where this process has its store; it was started by another test.
pub(crate) fn directory() -> String {
    std::env::var(DIRECTORY).expect("this test is run by another one")
}
