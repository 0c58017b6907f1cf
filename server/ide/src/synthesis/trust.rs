//! How far a program that was found can be trusted, in words.

use crate::describe::count;

/// A sentence for everybody: how many of twenty tasks, such as these, were solved by the program offered like this one.
/// `percent` is of the tasks that it was measured on.
pub fn trust(percent: f64) -> String {
    let twentieths = (percent / 5.0).round();
    let (solved, of) = match twentieths {
        20.0.. => (percent.floor().min(99.0), 100),
        1.0.. => (twentieths, 20),
        _ => return "Right in under 1 of 20 such tasks.".to_owned(),
    };
    format!("Right in about {solved} of {of} such tasks.")
}

/// The measurement in full: what was measured, and on how many tasks.
pub fn measured(percent: f64, tasks: u32) -> String {
    let percent = (percent * 10.0).round() / 10.0;
    let tasks = count(tasks.into(), "measured task");
    format!("Programs found like this passed all held-out examples in {percent}% of {tasks}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_share_is_told_in_tasks() {
        for (percent, told) in [
            (0.0, "Right in under 1 of 20 such tasks."),
            (50.0, "Right in about 10 of 20 such tasks."),
            (87.3512, "Right in about 17 of 20 such tasks."),
            (95.4, "Right in about 19 of 20 such tasks."),
            (98.2, "Right in about 98 of 100 such tasks."),
            (100.0, "Right in about 99 of 100 such tasks."),
        ] {
            assert_eq!(trust(percent), told);
        }
    }

    #[test]
    fn it_is_told_with_what_it_was_measured_on() {
        expect!["Programs found like this passed all held-out examples in 96% of 2,189 measured tasks."]
            .assert_eq(&measured(96.0, 2189));
        expect!["Programs found like this passed all held-out examples in 87.4% of 1 measured task."]
            .assert_eq(&measured(87.3512, 1));
    }
}
