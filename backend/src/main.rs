//! `esteira`: one program, its role chosen by the first argument.

/// Requests of many threads make and drop many small things at once; the C library's allocator serves that at twice the cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    esteira::cli::main()
}
