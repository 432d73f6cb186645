//! `esteira openapi`

use std::process::ExitCode;

pub(super) fn run() -> ExitCode {
    match crate::applications::openapi().to_pretty_json() {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("esteira: {error}");
            ExitCode::FAILURE
        }
    }
}
