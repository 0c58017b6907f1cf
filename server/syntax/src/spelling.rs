//! Did you mean?

/// Names of other Karel dialects and of turtle graphics, for which the distance in letters would say nothing.
const OTHER_DIALECTS: &[(&str, &str)] = &[
    ("forward", "move"),
    ("go", "move"),
    ("step", "move"),
    ("walk", "move"),
    ("left", "turnLeft"),
    ("right", "turnRight"),
    ("pickbeeper", "pickMarker"),
    ("pick_beeper", "pickMarker"),
    ("pick", "pickMarker"),
    ("take", "pickMarker"),
    ("putbeeper", "putMarker"),
    ("put_beeper", "putMarker"),
    ("put", "putMarker"),
    ("drop", "putMarker"),
    ("beeperspresent", "markersPresent"),
    ("beepers_present", "markersPresent"),
    ("nobeeperspresent", "noMarkersPresent"),
    ("no_beepers_present", "noMarkersPresent"),
];

/// The candidate that `word` most probably stands for: a known name of another dialect, or the nearest within a third
/// of its length, case ignored. `None` where nothing is near.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A word of thousands of letters is no slip of the finger, and the distance is quadratic.
    if word.is_empty() || word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase();
    let meant = OTHER_DIALECTS.iter().find(|(other, _)| *other == word).map(|&(_, ours)| ours);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let distance = match meant {
            Some(ours) if ours == candidate => 0,
            _ => strsim::damerau_levenshtein(&word, &candidate.to_lowercase()),
        };
        let allowed = (candidate.chars().count().max(word.chars().count()) / 3).max(1);
        if distance <= allowed && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::closest;
    use crate::ast::Action;

    #[test]
    fn suggests_what_is_near() {
        let suggest = |word| closest(word, Action::ALL.map(Action::name));
        assert_eq!(suggest("mov"), Some("move"));
        assert_eq!(suggest("turnleft"), Some("turnLeft"));
        assert_eq!(suggest("turn_right"), Some("turnRight"));
        assert_eq!(suggest("putMaker"), Some("putMarker"));
        assert_eq!(suggest("pickBeeper"), Some("pickMarker"));
        assert_eq!(suggest("forward"), Some("move"));
        assert_eq!(suggest("danceAround"), None);
        assert_eq!(suggest(""), None);
    }

    /// Up to a third of the letters of the longer word may be wrong, and one of the shortest.
    #[test]
    fn a_third_of_the_letters_may_be_wrong() {
        for (word, candidate, near) in [
            ("abcdefghi", "abcdefxyz", true),
            ("abcdefghi", "abcdewxyz", false),
            ("abcdefgh", "abcdefxy", true),
            ("abcdefgh", "abcdexyz", false),
            ("abcdef", "abcdefghi", true),
            ("abcdefghi", "abcde", false),
            ("ab", "ax", true),
            ("ab", "xy", false),
            ("a", "b", true),
            // Two letters that changed places are one mistake, and case is none.
            ("ba", "ab", true),
            ("ABCD", "abcx", true),
        ] {
            assert_eq!(closest(word, [candidate]).is_some(), near, "{word} {candidate}");
        }
        let long = "a".repeat(64);
        assert!(closest(&long, [&*long]).is_some());
        assert_eq!(closest(&format!("{long}a"), [&*long]), None);
    }

    #[test]
    fn the_nearest_is_suggested_and_of_equals_the_first() {
        assert_eq!(closest("around", ["abound", "aroundx", "around2"]), Some("abound"));
        assert_eq!(closest("arounds", ["abounds2", "around"]), Some("around"));
        // A word of another dialect means one of ours, if that may stand here at all.
        assert_eq!(closest("take", ["tale", "pickMarker"]), Some("pickMarker"));
        assert_eq!(closest("take", ["tale"]), Some("tale"));
    }
}
