//! The program: hands its arguments to the library and exits with the library's code.

fn main() -> std::process::ExitCode {
    llmcost::cli::run(std::env::args_os())
}
