//! What beginners write, one file a kind of mistake. The tests `mNN_name` are those of the collection of beginners'
//! mistakes.

mod bodies;
mod elses;
mod indentation;
mod operands;
mod punctuation;
mod together;
mod words;
