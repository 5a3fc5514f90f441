//! Which columns of a Parquet file are read straight, without being text before: those whose values
//! the short way ([`super::super::quick`]) takes, where no other one may have anything to say.

use parquet::schema::types::{SchemaDescriptor, Type};

use super::super::paths::{NodeId, Paths, Target};
use super::super::plan::FilePlan;
use super::super::quick::{NEEDED, roles_of};
use super::super::roles::{Role, Slots};
use super::cell::{Kind, Style};
use super::levels::{Step, leaves};

/// A column that is read straight.
#[derive(Debug)]
pub(super) struct Way {
    /// Its place among all columns of the file.
    pub(super) leaf: usize,
    /// What its values are for.
    pub(super) targets: Vec<Target>,
    pub(super) role: Role,
    pub(super) slot: u8,
    pub(super) style: Style,
    /// The level of definition at which there is a value.
    pub(super) present: i16,
}

/// What becomes of a column.
enum Found {
    /// Nobody asks for it.
    Nothing,
    /// Its values go where these say.
    Targets(Vec<Target>),
    /// It may hold more than plain values.
    More,
}

/// The columns of a file that are read straight; nothing where it has to become text.
pub(super) fn ways(
    plan: &FilePlan,
    schema: &SchemaDescriptor,
    exact_texts: bool,
) -> Option<Vec<Way>> {
    let roles = roles_of(plan)?;
    let (mut ways, mut slots, mut leaf) = (Vec::new(), Slots::default(), 0);
    for field in schema.root_schema().get_fields() {
        for steps in leaves(field) {
            let column = schema.column(leaf);
            let style = Style { kind: Kind::of(&column), exact_texts };
            match find(field, &steps, style.kind, &plan.paths, &roles) {
                Found::Nothing => {}
                Found::More => return None,
                Found::Targets(targets) => {
                    let (role, slot) = Role::among(&targets, &roles);
                    for target in &targets {
                        slots.add(u8::try_from(target.slot).ok()?);
                    }
                    let present = column.max_def_level();
                    ways.push(Way { leaf, targets, role, slot, style, present });
                }
            }
            leaf += 1;
        }
    }
    // Without these every row would be text in the end.
    slots.has_all(NEEDED).then_some(ways)
}

/// Follows the way to the values of a column as [`super::super::walk`] would in the text of a row.
fn find(field: &Type, steps: &[Step], kind: Kind, paths: &Paths, roles: &[Role]) -> Found {
    let wanted = |node: NodeId| {
        let targets = paths.targets(node);
        let is_ignored =
            |target: &Target| roles.get(usize::from(target.slot)) == Some(&Role::Ignored);
        !targets.iter().all(is_ignored)
    };
    let more_if = |is_more: bool| if is_more { Found::More } else { Found::Nothing };
    let mut node = paths.child(Paths::ROOT, field.name());
    for step in steps {
        let Some(at) = node else { return Found::Nothing };
        match step {
            Step::Optional(_) => {}
            // An object in the place of a value is a value.
            Step::Key(_) if !paths.has_children(at) => return more_if(wanted(at)),
            Step::Key(key) => node = paths.child(at, key),
            Step::Repeated { is_map, .. } => {
                return more_if(wanted(at) || *is_map && paths.has_children(at));
            }
        }
    }
    let Some(at) = node else { return Found::Nothing };
    if kind == Kind::Json {
        return more_if(wanted(at) || paths.has_children(at));
    }
    if wanted(at) { Found::Targets(paths.targets(at).to_vec()) } else { Found::Nothing }
}
