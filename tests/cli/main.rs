//! The program from the outside: what is typed, what comes out, with which exit code.

mod backtest;
mod bad_input;
mod claims;
mod confusion;
mod convert;
mod exit_codes;
mod prices;
mod prices_of_calls;
mod readme;
mod real_logs;
mod same_bytes;
mod samples_agents;
mod samples_exports;
mod samples_gateways;
mod support;
