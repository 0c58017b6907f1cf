//! The planes of pairs of worlds, made on the device from the codes of their cells: 516 bytes a pair travel instead
//! of 32 KiB. The layout is that of [`dataset::features::planes`], which says what each plane means.

use dataset::features::{CELLS, Canvas, PLANES, SIDE};
use tch::{Device, Kind, Tensor};

/// Pairs of canvases as plain numbers, to be turned into planes: made on any thread.
#[derive(Debug, Clone, Default)]
pub struct Canvases {
    /// The cells of the first and of the second canvas of each pair, `[n, 2, 256]`.
    codes: Vec<u8>,
    /// The places of the two agents of each pair, in a row of [`PLANES`] × [`CELLS`] numbers, `[n, 2]`.
    agents: Vec<i64>,
}

impl Canvases {
    pub fn with_capacity(pairs: usize) -> Canvases {
        Canvases { codes: Vec::with_capacity(pairs * 2 * CELLS), agents: Vec::with_capacity(pairs * 2) }
    }

    pub fn push(&mut self, from: &Canvas, to: &Canvas) {
        self.codes.extend_from_slice(&from.cells);
        self.codes.extend_from_slice(&to.cells);
        // Cells are outermost: `cell * PLANES + plane`.
        self.agents.push((from.place() * PLANES + 24) as i64);
        self.agents.push((to.place() * PLANES + 25 + to.heading as usize) as i64);
    }

    /// Adds the pairs of `other` after these.
    pub fn append(&mut self, other: &Canvases) {
        self.codes.extend_from_slice(&other.codes);
        self.agents.extend_from_slice(&other.agents);
    }

    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.agents.len() / 2
    }

    pub fn is_empty(&self) -> bool {
        self.agents.is_empty()
    }

    /// The planes, `[n, 32, 16, 16]`, with channels last in memory, for which convolutions are fastest.
    pub fn planes(&self, device: Device, kind: Kind) -> Tensor {
        let (n, planes, cells, side) = (self.len() as i64, PLANES as i64, CELLS as i64, SIDE as i64);
        let codes = Tensor::from_slice(&self.codes).to_device(device).view([n, 2, cells]);
        let (from, to) = (codes.select(1, 0), codes.select(1, 1));
        let shift = Tensor::from_slice(&[0i64, 12]).to_device(device).view([1, 2, 1]);
        let index = (codes.to_kind(Kind::Int64) + shift).transpose(1, 2).contiguous();
        let mut all = Tensor::zeros([n, cells, planes], (kind, device));
        let _ = all.scatter_value_(2, &index, 1.0);
        let agents = Tensor::from_slice(&self.agents).to_device(device).view([n, 2]);
        let _ = all.view([n, cells * planes]).scatter_value_(1, &agents, 1.0);
        all.select(2, 29).copy_(&from.not_equal_tensor(&to));
        let _ = all.select(2, 30).fill_(1.0);
        all.view([n, side, side, planes]).permute([0, 3, 1, 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::sample::worlds;

    #[test]
    fn planes_are_those_of_the_dataset() {
        let worlds: Vec<_> = worlds(7).take(40).collect();
        let (mut canvases, mut expected) = (Canvases::default(), Vec::new());
        for pair in worlds.chunks_exact(2) {
            let (from, to) = (Canvas::of(&pair[0]).rotated(1), Canvas::of(&pair[1]).rotated(1));
            canvases.push(&from, &to);
            let mut planes = vec![0f32; PLANES * CELLS];
            dataset::features::planes(&from, &to, &mut planes);
            expected.extend(planes);
        }
        let planes = canvases.planes(Device::Cpu, Kind::Float).contiguous();
        assert_eq!(planes.size(), [20, 32, 16, 16]);
        let mut found = vec![0f32; expected.len()];
        planes.copy_data(&mut found, expected.len());
        assert!(found == expected);
    }
}
