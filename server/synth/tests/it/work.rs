//! The operations that networks count are those that the shapes of their weights demand: two for each number of a
//! matrix or convolution in each place where it is used, and those of attention.

use dataset::generate::{Scratch, Settings, task};
use runtime::sample::Random;
use synth::models::network::{Network, Sample};
use synth::models::parameters::Parameters;
use synth::models::registry::{NetworkConfig, Visitor};
use synth::models::weights::Weights;
use synth::models::{CodeTask, Pair, counted};
use tch::{Device, Kind};

/// One task with `EXAMPLES` examples, each of which it takes `ACTIONS` actions to do, and a program of `TOKENS` tokens.
const EXAMPLES: usize = 3;
const TOKENS: usize = 5;
const ACTIONS: usize = 4;
const WIDTH: usize = 16;

struct Counted<'a>(&'a mut Parameters, &'a [Sample]);

impl Visitor for Counted<'_> {
    type Output = f64;

    fn visit<N: Network>(self, config: &N::Config) -> f64 {
        let network = N::load(config, Weights::training(self.0, Kind::Float)).unwrap();
        let features = N::features(config, self.1, &mut Random::new(0));
        counted(|| network.loss(&features)).1.flop
    }
}

fn sample() -> Sample {
    let fits = |index| {
        let made = task(&Settings { examples: 11, ..Settings::default() }, index, &mut Scratch::default());
        let examples = made.examples.into_iter().filter(|e| e.trace.len() == ACTIONS).take(EXAMPLES);
        let (pairs, traces): (Vec<_>, Vec<_>) =
            examples.map(|e| (Pair { start: e.start, goal: e.goal }, Some(e.trace))).unzip();
        (made.program.len() == TOKENS && pairs.len() == EXAMPLES)
            .then_some(Sample { task: CodeTask { pairs, traces }, program: made.program })
    };
    (0..).find_map(fits).unwrap()
}

/// In how many places a weight is used: cells of a convolution, rows of a matrix. None for what is looked up, added, or
/// a factor.
fn places(model: &str, name: &str) -> usize {
    const CELLS: usize = 256;
    let (states, tokens) = (EXAMPLES * (ACTIONS + 1), EXAMPLES * TOKENS);
    /// Tokens that the Transformer reads: six of each example and one for each of its states.
    const READ: usize = EXAMPLES * (6 + ACTIONS + 1);
    let starts = |beginning: &str| name.starts_with(beginning);
    match model {
        _ if name.ends_with("bias") || name.contains("norm") => 0,
        "TracePolicy" if starts("trunk.") => EXAMPLES * CELLS,
        "TracePolicy" => EXAMPLES,
        "CodeTransformer" if starts("trunk.") => EXAMPLES * CELLS,
        "CodeTransformer" if starts("patch") => EXAMPLES * 4,
        "CodeTransformer" if starts("at_start") || starts("at_end") => EXAMPLES,
        "CodeTransformer" if starts("at_agent") => states,
        "CodeTransformer" if starts("encoder.") || name.ends_with("cross.kv.weight") => READ,
        "CodeTransformer" if starts("decoder.") || starts("out.") => TOKENS,
        "CodeTransformer" => 0,
        _ if starts("pairs.out") => EXAMPLES,
        _ if starts("pairs.") => EXAMPLES * CELLS,
        "IoTrace" if starts("grids.out") || starts("decoder.") || starts("out.") => states,
        "IoTrace" if starts("grids.") => states * CELLS,
        "TraceCode" if starts("encoder.") => EXAMPLES * (2 * ACTIONS + 1),
        "TraceCode" if starts("widen") => 16,
        _ if name == "decoder.token" => 0,
        _ if starts("decoder.") => tokens,
        _ if starts("out.") => TOKENS,
        _ => 0,
    }
}

/// Products of attention, over all heads: queries × keys × width, once for the scores and once for the values.
fn attention(model: &str) -> usize {
    let read = EXAMPLES * (6 + ACTIONS + 1);
    match model {
        "CodeTransformer" => 2 * WIDTH * (read * read + TOKENS * (TOKENS + read)),
        "TraceCode" => 2 * (2 * WIDTH) * EXAMPLES * TOKENS * (2 * ACTIONS + 1),
        _ => 0,
    }
}

#[test]
fn operations_are_those_of_the_shapes() {
    let sample = sample();
    let lstm = format!("channels = 4\npair = {WIDTH}\nembedding = 8\nhidden = {WIDTH}\n");
    for (model, sizes) in [
        ("TracePolicy", format!("channels = 4\nblocks = 2\nhidden = {WIDTH}")),
        (
            "CodeTransformer",
            format!("d = {WIDTH}\nheads = 2\nlayers = 1\nchannels = 4\nblocks = 1\nexamples = 7"),
        ),
        ("IoCode", lstm.clone()),
        ("IoTrace", format!("{lstm}grids = 'presnet'")),
        ("IoTrace", format!("{lstm}grids = 'lgrl'")),
        ("TraceCode", lstm),
    ] {
        let config: NetworkConfig = toml::from_str(&format!("model = '{model}'\n{sizes}")).unwrap();
        let mut parameters = Parameters::new(Device::Cpu, 0);
        let counted = config.visit(Counted(&mut parameters, std::slice::from_ref(&sample)));
        let weights = parameters.iter().map(|(name, value)| places(model, name) * value.numel());
        let expected = 2 * (weights.sum::<usize>() + attention(model));
        assert_eq!(counted, expected as f64, "{model} {sizes}");
    }
}
