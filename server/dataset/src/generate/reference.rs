//! The statistics of the public dataset that generated tasks are compared with.
//!
//! Programs: all 2,500 programs of the dataset's test split. Distinct traces, actions in traces: their 15,000 traces.
//! Worlds: 450 real starts of 75 tasks. Only the histogram of trace lengths is not counted but estimated, because of
//! the real ones only mean and quantiles are known: from validation programs on worlds drawn like the real ones,
//! weighted so that length, slices, constructs, nesting and distinct traces are those of the test split
//! (the example `fit-generator` prints it).

use super::shape::CONTROL;
use super::statistics::{Statistic, Tables};

/// The known statistics; those that are not known, by place or joint, are empty.
pub fn tables() -> Tables {
    use Statistic as S;
    let mut tables = Tables::filled(0.0);
    let known: [(S, &[f64]); 23] = [
        (S::Length, &LENGTHS),
        (S::TraceLength, &TRACE_LENGTHS),
        (S::Slice, &[659.0, 389.0, 748.0, 704.0]),
        (S::Constructs, &[0.264, 0.321, 0.223, 0.116, 0.047, 0.022, 0.006, 0.001]),
        (S::ConstructKinds, &[735.0, 849.0, 954.0, 1106.0]),
        (S::Depth, &[0.264, 0.391, 0.240, 0.086, 0.016, 0.003]),
        (S::Conditions, &[0.156, 0.196, 0.195, 0.157, 0.148, 0.044, 0.046, 0.059]),
        (S::ConditionsOf, CONDITIONS_OF.as_flattened()),
        (S::Counts, &[0.181, 0.156, 0.175, 0.210, 0.085, 0.084, 0.049, 0.042, 0.018]),
        (S::BlockLengths, BLOCK_LENGTHS.as_flattened()),
        (S::Statements, STATEMENTS.as_flattened()),
        (S::Pairs, PAIRS.as_flattened()),
        (S::Actions, &ACTIONS),
        (S::First, &[567.0, 182.0, 178.0, 443.0, 445.0, 81.0, 95.0, 241.0, 268.0]),
        (S::Last, &[508.0, 302.0, 257.0, 339.0, 378.0, 91.0, 124.0, 245.0, 256.0]),
        (S::TraceActions, &[0.374, 0.137, 0.118, 0.093, 0.279]),
        (S::Distinct, &[1262.0, 547.0, 290.0, 202.0, 124.0, 75.0]),
        (S::Covered, &[10.0, 41.0]),
        (S::WallFree, &[10.0, 19.0, 25.0, 10.0, 4.0, 0.0, 7.0]),
        (S::Sides, &[0.172, 0.258, 0.218, 0.192, 0.160]),
        (S::Headings, &[0.28, 0.28, 0.21, 0.23]),
        (S::MarkerCounts, &[0.627, 0.063, 0.069, 0.058, 0.064, 0.027, 0.031, 0.030, 0.030]),
        (S::Cellwise, &[0.076, 0.128, 0.796]),
    ];
    for (statistic, values) in known {
        tables.all_mut(statistic).copy_from_slice(values);
    }
    for (statistic, share) in [(S::Corner, 0.167), (S::OnMarkers, 0.316), (S::MarkerFree, 0.093)] {
        tables.all_mut(statistic).copy_from_slice(&[share, 1.0 - share]);
    }
    tables
}

/// Programs by length, from 0 to 65 tokens, and longer.
const LENGTHS: [f64; 67] = [
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 167.0, 197.0, 162.0, 85.0, 74.0, 67.0, 108.0, 128.0, 132.0, 101.0, 68.0,
    91.0, 81.0, 71.0, 83.0, 69.0, 64.0, 71.0, 73.0, 62.0, 52.0, 47.0, 45.0, 40.0, 39.0, 31.0, 18.0, 26.0,
    29.0, 23.0, 30.0, 10.0, 21.0, 10.0, 14.0, 15.0, 12.0, 5.0, 12.0, 10.0, 3.0, 7.0, 4.0, 5.0, 6.0, 3.0, 6.0,
    7.0, 4.0, 0.0, 2.0, 3.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0,
];

/// Programs by number of action tokens.
const ACTIONS: [f64; 18] = [
    0.0, 0.0, 265.0, 464.0, 543.0, 415.0, 262.0, 167.0, 109.0, 92.0, 77.0, 42.0, 30.0, 14.0, 8.0, 3.0, 7.0,
    2.0,
];

/// Conditions of `if`, of `if` with `else`, of `while`, in the order of the compact vocabulary.
const CONDITIONS_OF: [[f64; 8]; 3] = [
    [0.125, 0.186, 0.2, 0.19, 0.124, 0.053, 0.057, 0.064],
    [0.14, 0.194, 0.203, 0.153, 0.15, 0.047, 0.053, 0.06],
    [0.195, 0.204, 0.183, 0.134, 0.166, 0.034, 0.03, 0.053],
];

/// Blocks by number of statements, in the order of the kinds of blocks.
const BLOCK_LENGTHS: [[f64; 12]; 5] = [
    [135.0, 482.0, 645.0, 550.0, 366.0, 189.0, 61.0, 38.0, 22.0, 9.0, 2.0, 1.0],
    [0.694, 0.174, 0.083, 0.031, 0.015, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.786, 0.148, 0.051, 0.009, 0.005, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.435, 0.339, 0.139, 0.064, 0.017, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [0.533, 0.274, 0.126, 0.051, 0.01, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
];

/// Statements, in the order of the kinds of statements, by kind of block.
const STATEMENTS: [[f64; 9]; 5] = [
    [0.278, 0.102, 0.081, 0.136, 0.155, 0.043, 0.049, 0.073, 0.082],
    [0.252, 0.144, 0.135, 0.111, 0.181, 0.038, 0.043, 0.036, 0.06],
    [0.241, 0.154, 0.129, 0.124, 0.191, 0.042, 0.031, 0.037, 0.051],
    [0.348, 0.109, 0.103, 0.069, 0.185, 0.037, 0.05, 0.037, 0.062],
    [0.269, 0.117, 0.1, 0.04, 0.233, 0.07, 0.096, 0.044, 0.03],
];

/// Neighbours in one block: row the first action, column the second.
const PAIRS: [[f64; CONTROL]; CONTROL] = [
    [368.0, 280.0, 240.0, 553.0, 759.0],
    [418.0, 149.0, 0.0, 0.0, 0.0],
    [407.0, 0.0, 0.0, 0.0, 0.0],
    [453.0, 178.0, 160.0, 103.0, 0.0],
    [662.0, 230.0, 208.0, 0.0, 244.0],
];

/// Traces by number of actions.
const TRACE_LENGTHS: [f64; 76] = [
    0.0, 0.0, 0.11203, 0.16962, 0.16097, 0.11711, 0.07233, 0.05035, 0.03834, 0.03028, 0.03212, 0.01927,
    0.02149, 0.02223, 0.02623, 0.02158, 0.01358, 0.00997, 0.00787, 0.00681, 0.00509, 0.00596, 0.00604,
    0.00536, 0.00668, 0.00302, 0.00246, 0.00233, 0.00433, 0.00143, 0.00027, 0.00221, 0.00309, 0.00095,
    0.0005, 0.00036, 0.00113, 0.00191, 0.00111, 0.0, 0.00109, 0.00038, 0.00071, 0.0008, 0.00083, 0.00068,
    0.00059, 0.00194, 0.00015, 0.00062, 0.00021, 0.00056, 7e-05, 0.0, 0.00013, 0.0, 0.00048, 0.00131, 0.0,
    0.0, 0.00032, 0.00025, 8e-05, 0.00059, 0.0, 8e-05, 0.0, 0.0, 0.00013, 0.0, 0.00053, 0.0, 0.00053, 0.0,
    0.00053, 0.0,
];
