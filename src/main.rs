//! m

fn main() {}
