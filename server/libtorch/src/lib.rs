//! Nothing: the build script looks for libtorch before anything that needs it is compiled, and says in one sentence how to
//! get it. A build script of the engine itself would come too late, after the C++ bindings have failed.
