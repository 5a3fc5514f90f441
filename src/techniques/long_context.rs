//! Which calls fall below a long-context threshold when less is sent: all of their tokens, also
//! those of the answer, then have the lower price.

use crate::units::{PerClass, TokenClass, Tokens};
use crate::usage::{Call, column};

use super::branch::Branch;
use super::facts::{Facts, Scene};
use super::technique::Rewrite;
use super::wording::grouped;

/// Says how many of the long calls a technique makes short ones; nothing where no call is long.
pub(super) fn told(facts: &Facts<'_>, rewrite: &dyn Rewrite) -> Option<String> {
    let (mut long, mut below) = (0_u64, 0_u64);
    let mut out = Vec::new();
    for (row, model) in facts.modelled_rows() {
        let branch = Branch::logged(facts.calls.call(row), model);
        let scene = Scene { facts, row, geo: facts.calls.name(column::GEO, row) };
        if !branch.call.is_single() || !is_long(&scene, &branch) {
            continue;
        }
        long += 1;
        out.clear();
        rewrite.apply(&branch, &scene, &mut out);
        let mut kept = out.iter().filter(|branch| !branch.companion).peekable();
        let is_changed = kept.peek().is_some();
        below += u64::from(is_changed && kept.all(|branch| !is_long(&scene, branch)));
    }
    (long > 0).then(|| {
        format!(
            "{} of {} calls above the long-context threshold of their model fall below it: all their \
             tokens then have the lower price, those of the answer too",
            grouped(below),
            grouped(long)
        )
    })
}

/// Whether a prompt is so long that the provider takes more for each token.
fn is_long(scene: &Scene<'_>, branch: &Branch) -> bool {
    let mut tokens = PerClass::default();
    tokens[TokenClass::Input] = Tokens::new(1);
    let short = Branch { call: Call { tokens, ..branch.call }, ..*branch };
    let prices = scene.input_price(branch).zip(scene.input_price(&short));
    prices.is_some_and(|(own, short)| own > short)
}
