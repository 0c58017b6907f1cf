//! Between the protocol's types and `ide`'s plain data. Pure: nothing here reads or writes anything.

pub mod from_proto;
pub mod recorded;
pub mod to_proto;
