//! The beam that gets the likeliest extensions from a device finds, judges and drops exactly what a full sort on the
//! host does: whatever the scores, ties included, the judges, the templates, the tasks beside, and the threads.

use std::hash::{DefaultHasher, Hash, Hasher};

use dataset::compact::{ACT, BEGIN, END, IF, REPEAT};
use proptest::prelude::*;
use synth::decode::beam::{Anything, BeamTask, Breadth, Flow, Judge, search};
use synth::decode::template::{Allowed, Element, Fill, Prefix, Template};
use synth::grammar::Rules;
use synth::models::{Decoder, Row, Scores, VOCABULARY};
use tch::{Kind, Tensor};

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Scores that depend on the whole prefix and on nothing else.
fn score(seed: u64, prefix: u64, token: usize, levels: u64) -> f32 {
    -((hash((seed, prefix, token)) % levels) as f32) / 4.0
}

/// A decoder whose scores are drawn by hash; with few levels most of them are ties.
struct Fake {
    levels: u64,
    on_device: bool,
    /// Per row of the last step: its task, its task's seed, and the hash of its prefix.
    rows: Vec<(usize, u64, u64)>,
}

impl Fake {
    fn new(seeds: &[u64], levels: u64, on_device: bool) -> Fake {
        let rows = seeds.iter().enumerate().map(|(task, &seed)| (task, seed, 0)).collect();
        Fake { levels, on_device, rows }
    }
}

impl Decoder for Fake {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        self.rows = rows
            .iter()
            .map(|row| {
                let (task, seed, before) = self.rows[row.parent];
                (task, seed, hash((before, row.token)))
            })
            .collect();
        let levels = self.levels;
        let row = |&(_, seed, prefix): &(usize, u64, u64)| {
            (0..VOCABULARY).map(move |token| score(seed, prefix, token, levels))
        };
        self.rows.iter().flat_map(row).collect()
    }

    fn scores(&mut self, rows: &[Row]) -> Scores {
        let flat = self.step(rows);
        if !self.on_device {
            return Scores::Host(flat);
        }
        let tasks: Vec<&[(usize, u64, u64)]> = self.rows.chunk_by(|a, b| a.0 == b.0).collect();
        let most = tasks.iter().map(|rows| rows.len()).max().unwrap_or(0);
        // Padding that would win if anything looked at it.
        let mut padded = vec![100f32; tasks.len() * most * VOCABULARY];
        let mut from = 0;
        for (task, rows) in tasks.iter().enumerate() {
            let count = rows.len() * VOCABULARY;
            padded[task * most * VOCABULARY..][..count].copy_from_slice(&flat[from..from + count]);
            from += count;
        }
        let shape = [tasks.len() as i64, most as i64, VOCABULARY as i64];
        Scores::Device(Tensor::from_slice(&padded).view(shape).to_kind(Kind::Float))
    }
}

/// Refuses `refused` of 10 prefixes, and remembers all that it was asked.
struct Moody {
    refused: u64,
    asked: Vec<(Prefix, bool)>,
}

impl Moody {
    fn new(refused: u64) -> Moody {
        Moody { refused, asked: Vec::new() }
    }
}

impl Judge for Moody {
    fn accepts(&mut self, prefix: &Prefix, finished: bool) -> bool {
        self.asked.push((prefix.clone(), finished));
        hash(&prefix.tokens) % 10 >= self.refused
    }
}

/// The definition, as plainly as it can be said: all extensions and all finished programs sorted, the best kept.
fn plainly(template: &Template, seed: u64, levels: u64, judge: &mut Moody, breadth: Breadth) -> Found {
    type Place = (f64, Prefix, u64, bool);
    let mut beam: Vec<Place> = vec![(0.0, template.start(), hash((0u64, BEGIN)), false)];
    let mut moves = Vec::new();
    while beam.iter().any(|place| !place.3) {
        let mut all: Vec<(Place, bool)> = beam.iter().filter(|p| p.3).map(|p| (p.clone(), true)).collect();
        for (sum, prefix, path, _) in beam.iter().filter(|p| !p.3) {
            template.moves(prefix, &mut moves);
            for chosen in &moves {
                let gain = f64::from(score(seed, *path, usize::from(chosen.token), levels));
                let next = template.extend(prefix, chosen);
                let finished = template.is_finished(&next);
                let place =
                    (sum + (gain + f64::from(chosen.bonus)), next, hash((path, chosen.token)), finished);
                all.push((place, false));
            }
        }
        all.sort_by(|a, b| b.0.0.total_cmp(&a.0.0));
        beam.clear();
        for (place, known) in all {
            if beam.len() < breadth.width && (known || judge.accepts(&place.1, place.3)) {
                beam.push(place);
            }
        }
        let best = beam.iter().find(|p| p.3).map(|p| p.0);
        if let (Some(margin), Some(best)) = (breadth.margin, best) {
            beam.retain(|p| p.3 || p.0 >= best - margin);
        }
    }
    beam.into_iter().map(|(sum, prefix, ..)| (sum, prefix)).collect()
}

/// Finished programs, likeliest first.
type Found = Vec<(f64, Prefix)>;

/// Each task's finished programs, and what its judge was asked.
fn decode(
    templates: &[Template],
    seeds: &[u64],
    levels: u64,
    refused: u64,
    breadth: Breadth,
    on_device: bool,
) -> Vec<(Found, Vec<(Prefix, bool)>)> {
    let mut judges: Vec<Moody> = seeds.iter().map(|_| Moody::new(refused)).collect();
    let mut tasks: Vec<BeamTask> = judges
        .iter_mut()
        .zip(templates.iter().cycle())
        .map(|(judge, template)| BeamTask { template, judge })
        .collect();
    let mut decoder = Fake::new(seeds, levels, on_device);
    let found = search(&mut decoder, &mut tasks, breadth, &|| false, &mut |_, _| Flow::Continue);
    let plain = |found: Vec<synth::decode::beam::Finished>| {
        found.into_iter().map(|f| (f.log_probability, f.prefix)).collect::<Found>()
    };
    found.into_iter().map(plain).zip(judges.into_iter().map(|judge| judge.asked)).collect()
}

/// A whole program; a hole between actions; a count that the vocabulary can only say nearly; a hole that comes twice.
fn templates() -> Vec<Template> {
    let near = |count: u8, bonus| Allowed { token: REPEAT, fill: Fill::Count(count), bonus };
    let statements = || Element::Statements { hole: 0 };
    vec![
        Template::program(9),
        Template::new(vec![Element::Fixed(ACT), statements(), Element::Fixed(ACT)], 1, 8)
            .with_rules(Rules::Dataset),
        Template::new(
            vec![
                Element::Choice { hole: 1, options: vec![near(1, -2.5), near(2, 0.0), near(0, -3.0)] },
                statements(),
                Element::Fixed(END),
            ],
            2,
            9,
        ),
        Template::new(vec![statements(), Element::Fixed(IF), statements(), Element::Fixed(END)], 1, 10),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_devices_ranking_is_the_full_sort(
        seeds in prop::collection::vec(any::<u64>(), 1..6),
        levels in prop::sample::select(vec![1u64, 2, 5, 1_000_000]),
        refused in 0u64..10,
        width in 1usize..12,
        margin in prop::option::of(0.0f64..4.0),
    ) {
        let breadth = Breadth { width, margin };
        let templates = templates();
        let ranked = decode(&templates, &seeds, levels, refused, breadth, true);
        prop_assert_eq!(&ranked, &decode(&templates, &seeds, levels, refused, breadth, false));
        for (n, (found, asked)) in ranked.iter().enumerate() {
            let template = &templates[n % templates.len()];
            let mut judge = Moody::new(refused);
            prop_assert_eq!(found, &plainly(template, seeds[n], levels, &mut judge, breadth), "task {}", n);
            prop_assert_eq!(asked, &judge.asked, "task {}", n);
            let alone = decode(std::slice::from_ref(template), &seeds[n..=n], levels, refused, breadth, true);
            prop_assert_eq!(&alone[0].0, found, "task {} alone", n);
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let seeds: Vec<u64> = (0..12).collect();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| decode(&templates(), &seeds, 4, 6, Breadth::plain(8), true))
    };
    assert_eq!(with(1), with(5));
}

#[test]
fn a_task_may_end_the_others_going_on() {
    let template = Template::program(6);
    let (mut first, mut second) = (Anything, Anything);
    let mut tasks = [
        BeamTask { template: &template, judge: &mut first },
        BeamTask { template: &template, judge: &mut second },
    ];
    let mut decoder = Fake::new(&[1, 2], 50, true);
    let found = search(&mut decoder, &mut tasks, Breadth::plain(5), &|| false, &mut |task, _| {
        if task == 0 { Flow::Stop } else { Flow::Continue }
    });
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [1, 5]);
}

/// No neighbours that the real programs never have, and all of the allowed programs all the same.
#[test]
fn by_the_datasets_rules_no_candidate_breaks_them() {
    let any = Template::program(6);
    let kept = Template::program(6).with_rules(Rules::Dataset);
    let all = |template: &Template| -> Vec<Vec<u8>> {
        let found = decode(std::slice::from_ref(template), &[7], 1_000, 0, Breadth::plain(20_000), true);
        found.into_iter().flat_map(|(found, _)| found).map(|(_, prefix)| prefix.tokens).collect()
    };
    let of_any = all(&any);
    let of_kept = all(&kept);
    let turn = |t: &u8| (ACT + 1..=ACT + 2).contains(t);
    let marker = |t: &u8| (ACT + 3..=ACT + 4).contains(t);
    let breaks = |tokens: &[u8]| {
        tokens.windows(2).any(|w| turn(&w[0]) && marker(&w[1]))
            || tokens.windows(3).any(|w| (ACT..IF).contains(&w[0]) && w[0] == w[1] && w[1] == w[2])
    };
    assert!(of_any.iter().any(|tokens| breaks(tokens)) && of_any.len() < 20_000);
    let mut expected: Vec<_> = of_any.into_iter().filter(|tokens| !breaks(tokens)).collect();
    let mut found = of_kept;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_template_reads_its_own_programs() {
    for template in templates() {
        let found = decode(std::slice::from_ref(&template), &[3], 20, 0, Breadth::plain(40), false);
        for (_, prefix) in &found[0].0 {
            let read = template.read(&prefix.tokens).unwrap();
            assert!(template.is_finished(&read) && read.tokens == prefix.tokens);
        }
        assert_eq!(template.read(&[ACT, END]), None);
    }
}
