//! The engine tested from outside, in one program: each links torch, which takes longer than the tests.

mod adopt;
mod background;
mod beam;
mod documents;
mod eval;
mod lstms;
mod reference;
mod repair;
mod reproduce;
mod search;
mod serve;
mod shard;
mod share;
mod simple_network;
mod train;
mod weights;
mod work;
mod worlds;
