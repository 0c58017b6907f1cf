// Found where the real torch/torch.h is not: .cargo/config.toml has compilers look here last.
#error The synthesis engine needs libtorch: run "cargo xtask libtorch" in the repository, which finds or gets it, and build again. "cargo build" builds everything else.
// Stops here: all that follows would be errors about what libtorch defines.
#include "libtorch is missing: run cargo xtask libtorch"
