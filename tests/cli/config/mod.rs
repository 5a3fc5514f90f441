//! `llmcost.toml`: what wins over what, what is wrong with a file, what `config show` and `init` say.

mod init;
mod precedence;
mod slips;
