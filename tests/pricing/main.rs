//! What the price tables say, against figures worked out by hand and against two price libraries.

mod agreed;
mod disputes;
mod gaps;
mod oracle;
mod properties;
mod sellers;
mod tables;
mod traces;
