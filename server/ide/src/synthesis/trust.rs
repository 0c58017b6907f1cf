//! How far 'k/k examples' can be trusted, in words.

use crate::describe::count;

/// A clause: in so many percent of the tasks that it was measured on, a program found under the same circumstances
/// passed all examples of the task that had been held out.
pub fn trust(percent: f64, tasks: u32) -> String {
    let percent = (percent * 10.0).round() / 10.0;
    let tasks = count(tasks.into(), "measured task");
    format!("programs found like this passed all held-out examples in {percent}% of {tasks}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn it_is_told_with_what_it_was_measured_on() {
        expect!["programs found like this passed all held-out examples in 96% of 2,189 measured tasks"]
            .assert_eq(&trust(96.0, 2189));
        expect!["programs found like this passed all held-out examples in 87.4% of 1 measured task"]
            .assert_eq(&trust(87.3512, 1));
    }
}
