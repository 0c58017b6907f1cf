//! Single worlds as the LSTM systems see them: 16 planes of 16×16 cells, made on the device from the codes of the
//! cells.
//!
//! The paper's tensor has 18×18 cells, a ring of "boundary" around the world, planes of 1 to 10 markers, and nothing
//! on empty cells. Here the planes are the 12 codes of [`dataset::features`] (0 to 9 markers, wall, outside) and the
//! agent by its heading (4): the same information, without the ring's empty surroundings.

use dataset::features::{CELLS, Canvas, SIDE};
use runtime::World;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

/// Planes of a world.
pub(crate) const GRID_PLANES: i64 = 16;
/// The agent's plane when it looks north.
const AGENT: usize = 12;

/// How the worlds of an example are turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Frame {
    /// They stay as they are, as in the paper.
    #[default]
    World,
    /// They are turned so that the agent starts looking north.
    Agent,
}

impl Frame {
    /// A world of an example that begins with `start`.
    pub fn canvas(self, world: &World, start: &World) -> Canvas {
        let canvas = Canvas::of(world);
        match self {
            Frame::World => canvas,
            Frame::Agent => canvas.rotated(start.robot().heading as u8),
        }
    }
}

/// Canvases as plain numbers, to be turned into planes: made on any thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grids {
    /// Cells, `[n, 256]`.
    codes: Vec<u8>,
    /// Place of the agent in a row of 256 × 16 numbers, `[n]`.
    agents: Vec<i64>,
}

impl Grids {
    pub(crate) fn push(&mut self, canvas: &Canvas) {
        self.codes.extend_from_slice(&canvas.cells);
        self.agents.push((canvas.place() * GRID_PLANES as usize + AGENT + canvas.heading as usize) as i64);
    }

    /// `[n, 16, 16, 16]`, channels last in memory.
    pub(crate) fn planes(&self, device: Device, kind: Kind) -> Tensor {
        let (n, cells, side) = (self.agents.len() as i64, CELLS as i64, SIDE as i64);
        let codes = Tensor::from_slice(&self.codes).to_device(device).view([n, cells, 1]);
        let mut all = Tensor::zeros([n, cells, GRID_PLANES], (kind, device));
        let _ = all.scatter_value_(2, &codes.to_kind(Kind::Int64), 1.0);
        let agents = Tensor::from_slice(&self.agents).to_device(device).view([n, 1]);
        let _ = all.view([n, cells * GRID_PLANES]).scatter_value_(1, &agents, 1.0);
        all.view([n, side, side, GRID_PLANES]).permute([0, 3, 1, 2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::sample::worlds;

    #[test]
    fn one_code_per_cell_and_one_agent() {
        let worlds: Vec<World> = worlds(3).take(12).collect();
        for frame in [Frame::World, Frame::Agent] {
            let mut grids = Grids::default();
            let canvases: Vec<Canvas> = worlds.iter().map(|w| frame.canvas(w, &worlds[0])).collect();
            canvases.iter().for_each(|canvas| grids.push(canvas));
            let planes = grids.planes(Device::Cpu, Kind::Float);
            assert_eq!(planes.size(), [12, 16, 16, 16]);
            for (n, canvas) in canvases.iter().enumerate() {
                let at = |plane: usize, cell: usize| {
                    planes.double_value(&[n as i64, plane as i64, (cell / SIDE) as i64, (cell % SIDE) as i64])
                };
                for cell in [0, 17, 40, canvas.place(), 255] {
                    assert_eq!(at(canvas.cells[cell].into(), cell), 1.0);
                }
                assert_eq!(at(AGENT + canvas.heading as usize, canvas.place()), 1.0);
            }
            assert_eq!(planes.sum(Kind::Float).double_value(&[]), 12.0 * 257.0);
        }
    }
}
