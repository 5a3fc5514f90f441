//! The program from the outside: what is typed, what comes out, with which exit code.

mod backtest;
mod bad_input;
mod cache_policies;
mod claims;
mod confusion;
mod convert;
mod databases;
mod exit_codes;
mod guess;
mod guides;
mod inspection;
mod output;
mod parquet;
mod prices;
mod prices_of_calls;
mod readme;
mod real_logs;
mod replay;
mod same_bytes;
mod samples_agents;
mod samples_exports;
mod samples_gateways;
mod semantic;
mod support;
mod tiering;
mod trimming;
