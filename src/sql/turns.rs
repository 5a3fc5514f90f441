//! The steps that look at a call's neighbours in its conversation: window functions.

use crate::sources::Field;

use super::expression::{Expr, Form, call, column, form, infix, text, when, whole};
use super::query::Step;
use super::reading::{CALLS, Table, passed, step};

const ORDERED: &str = "ordered";
const NEIGHBOURS: &str = "neighbours";
const GROWN: &str = "grown";
/// The step with every call and how it stands in its conversation.
pub(super) const TURNS: &str = "turns";

/// Where calls without a time stand in a conversation: before all others, and far enough from them
/// that a window of a day reaches none. It is a time 285,000 years before 1970.
const NO_TIME: i64 = -9_000_000_000_000_000;

/// How long a batch may take, in milliseconds.
const BATCH_MILLIS: i64 = 86_400_000;

/// How far a turn may fall short of everything before it: `techniques::conversations`.
const SLACK_MIN: i64 = 16;
const SLACK_DIVISOR: i64 = 100;

impl Table<'_> {
    /// Whether calls have neighbours.
    pub(super) fn has_turns(&self) -> bool {
        self.has(Field::Conversation)
    }

    /// The four steps, of calls with these columns.
    pub(super) fn turn_steps(&self, calls: &[String]) -> Vec<Step> {
        let mut columns: Vec<(String, Expr)> = calls.iter().cloned().map(passed).collect();
        let mut steps = Vec::new();
        let mut add = |name, says: &str, more: Vec<(&str, Expr)>, from| {
            columns.extend(more.into_iter().map(|(name, value)| (name.to_owned(), value)));
            steps.push(step(name, says, columns.clone(), from, None));
            for (name, value) in &mut columns {
                *value = column(name);
            }
        };
        add(
            ORDERED,
            "Which calls are turns of a conversation, and in which order.",
            ordered(),
            CALLS,
        );
        let says = "What stands before and after each of them.";
        add(NEIGHBOURS, says, self.neighbours(), ORDERED);
        let says = "Whether a prompt holds the whole turn before it, and whether the answer is needed \
                    before a batch might have it.";
        add(GROWN, says, vec![("grown", grown()), ("feeds", self.feeds())], NEIGHBOURS);
        let says =
            "How a call stands in its conversation, and how much of the turn before it repeats.";
        add(TURNS, says, self.told(), GROWN);
        steps
    }

    /// The order of a conversation. That of the file is gone, so calls of one millisecond are told
    /// apart by what they are.
    fn order(&self) -> Vec<Expr> {
        let id = self.has(Field::RequestId).then_some("request_id");
        let names = ["time_order"].into_iter().chain(id).chain(["prompt", "answer"]);
        names.map(column).collect()
    }

    fn neighbours(&self) -> Vec<(&'static str, Expr)> {
        let all = || vec![column("conversation"), column("lone")];
        let turns = || vec![column("conversation"), column("lone"), column("is_turn")];
        let near = |value: Expr, within: Vec<Expr>| Expr::Over {
            value: Box::new(value),
            within,
            by: self.order(),
            frame: "",
        };
        let before = |name: &str| near(form(Form::Previous, [column(name)]), turns());
        let last = Expr::Over {
            value: Box::new(call("MAX", [column("time_order")])),
            within: all(),
            by: vec![column("time_order")],
            frame: "RANGE BETWEEN CURRENT ROW AND 86400000 FOLLOWING",
        };
        let alike = Expr::Over {
            value: Box::new(call("COUNT", [column("lone")])),
            within: all(),
            by: Vec::new(),
            frame: "",
        };
        vec![
            ("model_before", before("model")),
            ("prompt_before", before("prompt")),
            ("answer_before", before("answer")),
            ("time_before", before("time_order")),
            ("time_after", near(form(Form::Next, [column("time_order")]), all())),
            ("last_within_day", last),
            ("calls_together", alike),
        ]
    }

    /// A later call of the conversation begins after the end of this one and within a day.
    fn feeds(&self) -> Expr {
        let start = || column("time_ms");
        let end =
            if self.has(Field::LatencyMs) { start().plus(column("latency_ms")) } else { start() };
        let is_soon = column("time_after").minus(whole(BATCH_MILLIS)).at_most(start());
        let is_needed = infix("AND", [is_soon, column("last_within_day").at_least(end)]);
        let undated = infix("AND", [start().absent(), column("calls_together").above(whole(1))]);
        when(
            [
                (column("conversation").equals(text("")), whole(0)),
                (undated, whole(1)),
                (is_needed, whole(1)),
            ],
            whole(0),
        )
    }

    fn told(&self) -> Vec<(&'static str, Expr)> {
        let next = Expr::Over {
            value: Box::new(form(Form::Next, [column("grown")])),
            within: vec![column("conversation"), column("lone"), column("is_turn")],
            by: self.order(),
            frame: "",
        };
        let turn = when(
            [
                (column("is_turn").equals(whole(0)), text("")),
                (column("grown").equals(whole(1)), text("follows")),
                (next.equals(whole(1)), text("begins")),
            ],
            text("alone"),
        );
        let repeated = form(Form::Smaller, [column("prompt_before"), column("prompt")]);
        let repeated = when([(column("grown").equals(whole(1)), repeated)], whole(0));
        let gap = column("time_order").minus(column("time_before"));
        let is_known = infix(
            "AND",
            [column("grown").equals(whole(1)), column("time_before").above(whole(NO_TIME))],
        );
        vec![
            ("turn", turn),
            ("repeated", repeated),
            ("gap_ms", when([(is_known, gap)], Expr::Null)),
        ]
    }
}

/// A row that sums up several calls is no turn, and neither is a call without a prompt. Calls of no
/// conversation are spread over their times, so that no window holds all of them.
fn ordered() -> Vec<(&'static str, Expr)> {
    let time = || column("time_ms").or_else(whole(NO_TIME));
    let is_named = || column("conversation").differs_from(text(""));
    let is_turn = infix(
        "AND",
        [is_named(), column("prompt").above(whole(0)), column("calls").equals(whole(1))],
    );
    vec![
        ("time_order", time()),
        ("lone", when([(is_named(), whole(0))], time())),
        ("is_turn", when([(is_turn, whole(1))], whole(0))),
    ]
}

/// `in_t >= in_{t-1} + out_{t-1} - slack`, on the same model.
fn grown() -> Expr {
    let history = || column("prompt_before").plus(column("answer_before"));
    let part = form(Form::Quotient, [history(), whole(SLACK_DIVISOR)]);
    let slack = form(Form::Greater, [part, whole(SLACK_MIN)]);
    let holds = column("prompt").at_least(infix("-", [history(), slack]));
    let is_grown = infix(
        "AND",
        [column("is_turn").equals(whole(1)), column("model_before").equals(column("model")), holds],
    );
    when([(is_grown, whole(1))], whole(0))
}
