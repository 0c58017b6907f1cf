//! Random statements for property tests.

use proptest::prelude::*;
use syntax::ast::{Action, Statement, Test};
use syntax::build;

fn condition() -> impl Strategy<Value = syntax::ast::Condition> {
    (0..Test::ALL.len(), any::<bool>()).prop_map(|(n, negated)| {
        let test = build::test(Test::ALL[n]);
        if negated { build::not(test) } else { test }
    })
}

/// A body. It may call `aside`.
pub(crate) fn statements() -> impl Strategy<Value = Vec<Statement>> {
    let action = (0..Action::ALL.len()).prop_map(|n| build::action(Action::ALL[n]));
    let leaf = prop_oneof![4 => action, 1 => Just(build::call("aside"))];
    let statement = leaf.prop_recursive(3, 12, 3, |inner| {
        let block = || prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            (condition(), block()).prop_map(|(c, b)| build::while_loop(c, b)),
            (0_u8..4, block()).prop_map(|(n, b)| build::repeat(n, b)),
            (condition(), block()).prop_map(|(c, b)| build::if_then(c, b)),
            (condition(), block(), block()).prop_map(|(c, a, b)| build::if_else(c, a, b)),
        ]
    });
    prop::collection::vec(statement, 1..5)
}
