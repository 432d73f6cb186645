//! `esteira`: one program, its role chosen by the first argument.

fn main() -> std::process::ExitCode {
    esteira::cli::main()
}
