//! Breakpoints. At which moments of the run one stops is worked out when it is set, so that hit counts mean the same
//! whichever way the run is walked, and going on to the next stop takes no time.

use runtime::Origin;
use text_size::TextSize;

use crate::debuggee::Debuggee;
use crate::expression::{Expression, Message};
use crate::messages::SourceBreakpoint;

/// A breakpoint, as it was asked for and what came of it.
pub(crate) struct Breakpoint {
    pub id: u64,
    pub wanted: SourceBreakpoint,
    /// The statement that it stands at, or why it can't stop.
    pub at: Result<Origin, String>,
    /// Its message, where it stops not but writes.
    pub log: Option<Message>,
    /// The moments at which it stops or writes, in order.
    pub moments: Vec<usize>,
}

/// Which of a breakpoint's hits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HitCondition {
    Exactly(u64),
    AtLeast(u64),
    AtMost(u64),
    Every(u64),
}

impl HitCondition {
    fn parse(text: &str) -> Result<HitCondition, String> {
        let text = text.trim();
        let signs = ["==", ">=", "<=", ">", "<", "%", "="];
        let sign = signs.into_iter().find(|sign| text.starts_with(sign)).unwrap_or("");
        let number = text[sign.len()..].trim().parse::<u64>().ok().filter(|number| *number > 0);
        let Some(number) = number else {
            return Err(format!(
                "\"{text}\" is no hit count. Write for instance 3 (the third time), >= 3 (from the third time on) or % 3 \
                 (every third time)."
            ));
        };
        Ok(match sign {
            ">=" => HitCondition::AtLeast(number),
            ">" => HitCondition::AtLeast(number.saturating_add(1)),
            "<=" => HitCondition::AtMost(number),
            "<" => HitCondition::AtMost(number - 1),
            "%" => HitCondition::Every(number),
            _ => HitCondition::Exactly(number),
        })
    }

    /// Whether the hit of this number, counted from 1, counts.
    fn counts(self, hit: u64) -> bool {
        match self {
            HitCondition::Exactly(number) => hit == number,
            HitCondition::AtLeast(number) => hit >= number,
            HitCondition::AtMost(number) => hit <= number,
            HitCondition::Every(number) => hit.is_multiple_of(number),
        }
    }
}

impl Breakpoint {
    /// Sets the breakpoint in the program; `at` is the offset that is asked for.
    pub(crate) fn set(debuggee: &Debuggee, id: u64, wanted: SourceBreakpoint, at: TextSize) -> Breakpoint {
        let mut breakpoint =
            Breakpoint { id, wanted, at: Err(String::new()), log: None, moments: Vec::new() };
        breakpoint.at = breakpoint.find(debuggee, at);
        breakpoint
    }

    /// A breakpoint that never stops, and why.
    pub(crate) fn idle(id: u64, wanted: SourceBreakpoint, why: &str) -> Breakpoint {
        Breakpoint { id, wanted, at: Err(why.to_owned()), log: None, moments: Vec::new() }
    }

    fn find(&mut self, debuggee: &Debuggee, at: TextSize) -> Result<Origin, String> {
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let condition = filled(&self.wanted.condition);
        let condition = condition.map(|text| Expression::condition(&text)).transpose()?;
        let hit = filled(&self.wanted.hit_condition).map(|text| HitCondition::parse(&text)).transpose()?;
        let log = filled(&self.wanted.log_message).map(|text| Message::parse(&text)).transpose()?;
        let Some(origin) = debuggee.statements.from(at) else {
            return Err("No statement stands here or below.".to_owned());
        };
        let timeline = &debuggee.timeline;
        let mut hits = 0;
        let mut place = timeline.telling.recording.place();
        self.moments = timeline
            .occurrences(origin)
            .filter(|moment| {
                let holds = condition.as_ref().is_none_or(|condition| {
                    place.seek(&timeline.telling.recording, timeline.step(*moment));
                    condition.holds(&debuggee.now(*moment, place.world()))
                });
                hits += u64::from(holds);
                holds && hit.is_none_or(|hit| hit.counts(hits))
            })
            .collect();
        self.log = log;
        Ok(origin)
    }

    /// Its first moment after this one.
    pub(crate) fn after(&self, moment: usize) -> Option<usize> {
        self.moments.get(self.moments.partition_point(|m| *m <= moment)).copied()
    }

    /// Its last moment before this one.
    pub(crate) fn before(&self, moment: usize) -> Option<usize> {
        self.moments[..self.moments.partition_point(|m| *m < moment)].last().copied()
    }

    pub(crate) fn stops_at(&self, moment: usize) -> bool {
        self.log.is_none() && self.moments.binary_search(&moment).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hit_counts() {
        let counted = |text: &str| {
            let hit = HitCondition::parse(text).unwrap();
            (1..=6).filter(|n| hit.counts(*n)).map(|n| n.to_string()).collect::<String>()
        };
        for (text, expected) in [
            ("3", "3"),
            ("== 3", "3"),
            (">=3", "3456"),
            ("> 3", "456"),
            ("< 3", "12"),
            ("<= 3", "123"),
            ("% 2", "246"),
        ] {
            assert_eq!(counted(text), expected, "{text}");
        }
        for text in ["", "0", "x", "> x", "-1", "% 0"] {
            assert!(HitCondition::parse(text).unwrap_err().contains("no hit count"), "{text}");
        }
    }
}
