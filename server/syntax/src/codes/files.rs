//! K19x: the files themselves. The program that reads a file reports them.

use super::Code;

/// The codes of this group, in order.
pub const ALL: &[&Code] = &[&UNREADABLE_EXAMPLES, &TOO_LARGE, &UNREADABLE];

pub const UNREADABLE_EXAMPLES: Code = Code {
    code: "K190",
    title: "Example file can't be read",
    explanation: "The line `examples \"path.kgrid\"` names a file that is not there, is no example file (its name ends in \
                  `.kgrid`), or can't be read. The path counts from the folder of the program. Correct the path, or \
                  make the file.",
};

pub const TOO_LARGE: Code = Code {
    code: "K191",
    title: "File too large",
    explanation: "The file is so large that checking it would hold up the editor. Split it: `examples \"path.kgrid\"` \
                  brings in examples from other files.",
};

pub const UNREADABLE: Code = Code {
    code: "K192",
    title: "File can't be read",
    explanation: "The command line found a program or an example file that it can't read, and went on with the others: it \
                  is not in UTF-8 (an old editor may have saved it in another encoding: save it as UTF-8), it is larger \
                  than 4 MiB, it is a pipe or a device, or you have no permission to read it.",
};
