//! K19x: the files themselves. Reported by whoever reads them.

use super::Code;

/// In order.
pub const ALL: &[&Code] = &[&UNREADABLE_EXAMPLES, &TOO_LARGE];

pub const UNREADABLE_EXAMPLES: Code = Code {
    code: "K190",
    title: "Example file can't be read",
    explanation: "The line `examples \"path.kgrid\"` names a file that is not there or can't be read. The path counts \
                  from the folder of the program. Correct the path, or make the file.",
};

pub const TOO_LARGE: Code = Code {
    code: "K191",
    title: "File too large",
    explanation: "The file is so large that checking it would hold up the editor. Split it: `examples \"path.kgrid\"` \
                  brings in examples from other files.",
};
