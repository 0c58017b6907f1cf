//! Between the protocol's types and `ide`'s plain data. Pure: nothing here reads or writes anything.

pub(crate) mod from_proto;
pub(crate) mod recorded;
pub(crate) mod to_proto;
