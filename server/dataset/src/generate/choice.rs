//! Random choices with weights, in the same time for any number of them: Walker's alias method.

use std::hint;

use runtime::sample::Random;

/// Draws an index as likely as its weight.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// A column for every index, all equally likely: how many of 2³² draws of the column give its index, and the index
    /// that the others give.
    columns: Vec<(u32, u8)>,
}

impl Choice {
    /// Prepares to draw by these weights, of which there are at most 256.
    pub(crate) fn new(weights: &[f64]) -> Choice {
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut left: Vec<f64> = weights.iter().map(|weight| weight / mean).collect();
        let mut columns: Vec<(u32, u8)> = (0..weights.len()).map(|index| (u32::MAX, index as u8)).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..left.len()).partition(|&i| left[i] < 1.0);
        while let (Some(&giver), Some(taker)) = (large.last(), small.pop()) {
            columns[taker] = ((left[taker] * 4_294_967_296.0) as u32, giver as u8);
            left[giver] -= 1.0 - left[taker];
            if left[giver] < 1.0 {
                large.pop();
                small.push(giver);
            }
        }
        Choice { columns }
    }

    pub(crate) fn draw(&self, random: &mut Random) -> usize {
        let bits = random.bits();
        let column = (((bits >> 32) * self.columns.len() as u64) >> 32) as usize;
        let (own, other) = self.columns[column];
        hint::select_unpredictable((bits as u32) < own, column, other.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_has_the_probabilities_of_its_weights() {
        for weights in [&[3.0, 0.0, 1.0, 0.5, 0.0, 2.5][..], &[1.0; 9], &[0.0, 7.0]] {
            let choice = Choice::new(weights);
            let mut found = vec![0.0; weights.len()];
            for (index, &(own, other)) in choice.columns.iter().enumerate() {
                let own = f64::from(own) / f64::from(u32::MAX);
                found[index] += own;
                found[usize::from(other)] += 1.0 - own;
            }
            let mean = weights.iter().sum::<f64>() / weights.len() as f64;
            for (found, weight) in found.iter().zip(weights) {
                assert!((found - weight / mean).abs() < 1e-6, "{found} of {weight}");
            }
            let mut random = Random::new(1);
            assert!((0..10_000).all(|_| weights[choice.draw(&mut random)] > 0.0));
        }
    }
}
