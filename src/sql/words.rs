//! The step that reads words: tiers, how calls ended, names that stand for others.

use crate::sources::{Field, STATUS_WORDS};
use crate::usage::{FinishReason, ServiceTier};

use super::expression::{Expr, Form, call, column, form, infix, one_of, text, when, whole};
use super::log::{COUNTS, LOG, name_of};
use super::query::Step;
use super::reading::{ENDS, TIERS, Table, WORDS, passed, step};

impl Table<'_> {
    /// Words in the names that llmcost has for them.
    pub(super) fn words(&self) -> Step {
        let is_read =
            |name: &String| ["model", "call_type", "geo", "cost_usd"].contains(&name.as_str());
        let mut columns: Vec<(String, Expr)> =
            self.kept().into_iter().filter(|name| !is_read(name)).map(passed).collect();
        columns.extend(self.names());
        if TIERS.iter().any(|field| self.has(*field)) {
            columns.push(("service_tier".to_owned(), self.tier()));
        }
        if ENDS.iter().any(|field| self.has(*field)) {
            columns.push(("status".to_owned(), self.status()));
        }
        if self.has(Field::FinishReason) {
            columns.push(("finish_reason".to_owned(), finish()));
        }
        if self.has(Field::CostUsd) {
            columns.push(("cost_usd".to_owned(), self.cost()));
        }
        let counts = [Field::Input, Field::Output].into_iter().chain(COUNTS);
        let counts = counts.filter(|field| self.has(*field) && *field != Field::Attempt);
        columns.extend(counts.map(|field| passed(name_of(field).to_owned())));
        let says = "Words in the names that llmcost has for them.";
        step(WORDS, says, columns, LOG, None)
    }

    fn names(&self) -> Vec<(String, Expr)> {
        let mut names = Vec::new();
        let said = [Field::Model, Field::RequestModel].into_iter().filter(|field| self.has(*field));
        let said = said.map(|field| call("NULLIF", [column(name_of(field)), text("")]));
        let assumed = text(&self.request.assumed_model);
        let model: Vec<Expr> = said.chain([assumed]).collect();
        names.push(("model".to_owned(), call("COALESCE", model)));
        if self.is_kept(Field::CallType) {
            let assumed = text(&self.request.assumed_call_type);
            let call_type = match (self.has(Field::CallType), assumed == text("")) {
                (true, true) => column("call_type"),
                (true, false) => call("NULLIF", [column("call_type"), text("")]).or_else(assumed),
                (false, _) => assumed,
            };
            names.push(("call_type".to_owned(), call_type));
        }
        if self.has(Field::Geo) {
            let is_anywhere = one_of(column("geo"), ["global", "not_available"]);
            names.push(("geo".to_owned(), when([(is_anywhere, text(""))], column("geo"))));
        }
        names
    }

    fn tier(&self) -> Expr {
        let is_batch = self.has(Field::Batch).then(|| {
            let is_true = one_of(lower("batch"), ["true", "t", "1", "yes", "y"]);
            (is_true, text(ServiceTier::Batch.name()))
        });
        let is_fast = self
            .has(Field::Speed)
            .then(|| (column("speed").equals(text("fast")), text(ServiceTier::Fast.name())));
        let mut cases: Vec<(Expr, Expr)> = is_batch.into_iter().chain(is_fast).collect();
        if !self.has(Field::ServiceTier) {
            return when(cases, text(""));
        }
        for tier in ServiceTier::ALL {
            let others = ServiceTier::SPELLINGS.into_iter().filter(|(_, known)| *known == tier);
            let spellings = std::iter::once(tier.name()).chain(others.map(|(name, _)| name));
            if tier != ServiceTier::Unknown {
                let name = if tier == ServiceTier::Standard { "" } else { tier.name() };
                cases.push((one_of(lower("service_tier"), spellings), text(name)));
            }
        }
        when(cases, text(ServiceTier::Unknown.name()))
    }

    /// As `sources::decode` reads it: a code says it, then an error, then a word.
    fn status(&self) -> Expr {
        let mut cases = Vec::new();
        for field in [Field::HttpStatus, Field::Status].into_iter().filter(|field| self.has(*field))
        {
            let code = || column(name_of(field));
            let length = || call("LENGTH", [code()]);
            let digits = form(Form::IsDigits, [code()]);
            let is_long = || length().above(whole(3));
            let not_longer = length().below(whole(6));
            let is_code = |from: &str| {
                let three = infix("AND", [length().equals(whole(3)), code().at_least(text(from))]);
                infix("OR", [is_long(), three])
            };
            let failed = infix("AND", [digits.clone(), not_longer.clone(), is_code("400")]);
            cases.push((failed, code()));
            cases.push((infix("AND", [digits, not_longer, is_code("100")]), text("ok")));
        }
        if self.has(Field::Error) {
            let is_none = one_of(lower("error"), ["", "false", "f", "0", "no", "n"]);
            cases.push((Expr::Not(Box::new(is_none)), text("error")));
        }
        if self.has(Field::Status) {
            let [ok, failed] = STATUS_WORDS;
            cases.push((one_of(lower("status"), ok.iter().copied()), text("ok")));
            cases.push((one_of(lower("status"), failed.iter().copied()), text("error")));
        }
        when(cases, text(""))
    }

    /// No call costs less than nothing, and an amount beside another currency is none of dollars.
    fn cost(&self) -> Expr {
        let cost = column("cost_usd");
        let mut cases = vec![(cost.clone().below(whole(0)), Expr::Null)];
        if self.has(Field::Currency) {
            let is_dollars = one_of(call("UPPER", [column("currency")]), ["", "USD", "$", "US$"]);
            cases.push((Expr::Not(Box::new(is_dollars)), Expr::Null));
        }
        if self.dialect.no_number.is_some() {
            // Its money is text, which compares with no number.
            cases.remove(0);
        }
        when(cases, cost)
    }
}

fn finish() -> Expr {
    let cases = FinishReason::SPELLINGS.into_iter().map(|(spellings, reason)| {
        let lower_case: Vec<String> =
            spellings.iter().map(|spelling| spelling.to_ascii_lowercase()).collect();
        let name = if reason == FinishReason::Unknown { "" } else { reason.name() };
        let is_one = one_of(lower("finish_reason"), lower_case.iter().map(String::as_str));
        (is_one, text(name))
    });
    when(cases, text(FinishReason::Other.name()))
}

fn lower(name: &str) -> Expr {
    call("LOWER", [column(name)])
}
