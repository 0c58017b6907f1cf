//! What each part of the search brings: the search as it is served, whole and with one part left out at a time.

use serde::Serialize;

use crate::search::stages::{Part, SERVED, Step};

/// A search that is measured beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Variant {
    pub name: &'static str,
    #[serde(skip)]
    without: &'static [Part],
}

/// The variants, the search as it is served first and its shortest form last.
pub const VARIANTS: [Variant; 10] = [
    Variant { name: "as served", without: &[] },
    Variant { name: "without the glance", without: &[Part::Glance] },
    Variant { name: "without the narrow beam", without: &[Part::Narrow] },
    Variant { name: "without repair", without: &[Part::Repair] },
    Variant { name: "without traces of programs found", without: &[Part::TracesOfFound] },
    Variant { name: "without the wide beam", without: &[Part::Wide] },
    Variant { name: "without sampled traces", without: &[Part::SampledTraces] },
    Variant { name: "without a beam that reads no traces", without: &[Part::NoTraces] },
    Variant { name: "without the enumeration", without: &[Part::Enumeration] },
    Variant {
        name: "one beam",
        without: &[
            Part::Glance,
            Part::Narrow,
            Part::Repair,
            Part::TracesOfFound,
            Part::Wide,
            Part::SampledTraces,
            Part::NoTraces,
            Part::Enumeration,
        ],
    },
];

impl Variant {
    /// The steps of [`SERVED`] that this variant takes.
    pub fn steps(&self) -> Vec<Step> {
        SERVED.iter().copied().filter(|step| !self.without.contains(&step.part)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variant_leaves_something_out() {
        let served = VARIANTS[0].steps();
        assert_eq!(served, SERVED);
        for variant in &VARIANTS[1..] {
            assert!(variant.steps().len() < served.len(), "{}", variant.name);
        }
        let parts: Vec<Part> = VARIANTS[9].steps().iter().map(|step| step.part).collect();
        assert_eq!(parts, [Part::Traces, Part::Traces, Part::Beam]);
    }
}
