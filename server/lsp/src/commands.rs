//! The commands that the server knows; `editors/README.md` has their arguments and meanings.

pub const SYNTHESIZE: &str = "karel.synthesize";
pub const INFER_TRACE: &str = "karel.inferTrace";
pub const SHOW_TRACE: &str = "karel.showTrace";
pub const RUN_EXAMPLES: &str = "karel.runExamples";
pub const NEXT_SOLUTION: &str = "karel.nextSolution";
pub const EXAMPLES: &str = "karel.examples";
pub const COVERAGE: &str = "karel.coverage";
pub const EXPLAIN: &str = "karel.explain";
pub const TEMPLATES: &str = "karel.templates";
pub const OPEN_WORLD: &str = "karel.openWorld";

pub const ALL: [&str; 10] = [
    SYNTHESIZE,
    INFER_TRACE,
    SHOW_TRACE,
    OPEN_WORLD,
    RUN_EXAMPLES,
    EXAMPLES,
    COVERAGE,
    NEXT_SOLUTION,
    TEMPLATES,
    EXPLAIN,
];
