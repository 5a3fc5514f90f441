//! Facts about what a contract takes off.

use super::super::Settings;
use super::ProviderDiscount;
use crate::techniques::Technique;
use crate::units::{Excess, Usd};

fn settings(text: &str) -> Result<ProviderDiscount, String> {
    let read: ProviderDiscount = toml::from_str(text).map_err(|error| error.to_string())?;
    read.check().map(|()| read)
}

fn check_refused(text: &str, expected: &str) {
    let error = settings(text).expect_err(text);
    assert!(error.contains(expected), "{text}: {error}");
}

fn check_payable(text: &str, bill: &str, expected: &str) {
    let discount = settings(text).expect("settings");
    let terms = discount.monthly_terms().expect("monthly terms");
    let bill = Usd::parse(bill, Excess::Reject).expect("an amount");
    assert_eq!(terms.payable(bill).expect("fits").to_string(), expected);
}

const TIERS: &str =
    "[[tier]]\nabove = \"10000\"\nrate = \"5%\"\n[[tier]]\nabove = 50000\nrate = \"10%\"";

#[test]
fn a_tier_takes_its_rate_off_what_is_above_it_up_to_the_next() {
    check_payable(TIERS, "0", "0");
    check_payable(TIERS, "10000", "10000");
    check_payable(TIERS, "12000", "11900");
    check_payable(TIERS, "50000", "48000");
    check_payable(TIERS, "60000", "57000");
}

#[test]
fn a_commitment_is_paid_even_where_the_month_comes_to_less() {
    check_payable("commitment = \"500\"", "499.99", "500");
    check_payable("commitment = \"500\"", "500.01", "500.01");
    check_payable(&format!("commitment = 11950\n{TIERS}"), "12000", "11950");
}

#[test]
fn terms_that_make_no_sense_are_refused_with_what_to_write() {
    check_refused("", "give the `rate`");
    check_refused(
        "[[tier]]\nabove = 5\nrate = 0\n[[tier]]\nabove = 5\nrate = 0",
        "from the lowest",
    );
    check_refused("commitment = 5\ncall_types = [\"chat\"]", "whole months");
    check_refused("commitment = 0.5", "write \"10000\"");
    check_refused("commitment = \"-5\"", "no amount of dollars");
    check_refused("[[by]]\nclasses = []\nrate = 0", "list of classes is empty");
    check_refused("[[by]]\nclasses = [\"cached\"]\nrate = 0", "cache_read");
    check_refused("[[by]]\nservice_tiers = [\"night\"]\nrate = 0", "batch");
    check_refused("[[by]]\nclasses = [\"input\"]", "rate");
}
