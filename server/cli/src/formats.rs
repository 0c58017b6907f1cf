//! Worlds of other Karels, both ways. What a format has and the language lacks is refused by name, with its place.

mod dense;
mod km2;
mod omegaup;
mod stanford;
#[cfg(test)]
mod tests;
mod thin;

use anyhow::{bail, ensure};
use clap::ValueEnum;
use runtime::{Cell, Robot, World};
use syntax::foreign::{Foreign, recognise};

/// A published form of worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Stanford Karel's .w
    Stanford,
    /// Rows without blanks, as carpedm20's Karel reads them
    Dense,
    /// omegaUp's and ReKarel's XML
    Omegaup,
    /// karel_robot's .km2
    Km2,
}

impl Format {
    /// The form that a text has, if it is one of these.
    pub(crate) fn of(text: &str) -> Option<Format> {
        match recognise(text)?.0 {
            Foreign::StanfordWorld => Some(Format::Stanford),
            Foreign::DenseWorld => Some(Format::Dense),
            Foreign::OmegaupWorld => Some(Format::Omegaup),
            Foreign::Km2World => Some(Format::Km2),
            _ => None,
        }
    }

    /// # Errors
    /// The text does not have this form, or has what the language lacks; the message names the place.
    pub(crate) fn read(self, text: &str) -> anyhow::Result<World> {
        let text = text.trim_start_matches('\u{feff}');
        match self {
            Format::Stanford => stanford::read(text),
            Format::Dense => dense::read(text),
            Format::Omegaup => omegaup::read(text),
            Format::Km2 => km2::read(text),
        }
    }

    /// # Errors
    /// The form can't express what the world has.
    pub(crate) fn write(self, world: &World) -> anyhow::Result<String> {
        match self {
            Format::Stanford => Ok(stanford::write(world)),
            Format::Dense => dense::write(world),
            Format::Omegaup => Ok(omegaup::write(world)),
            Format::Km2 => Ok(km2::write(world)),
        }
    }
}

fn set_cell(world: &mut World, row: u8, col: u8, cell: Cell) -> anyhow::Result<()> {
    ensure!(world.set_cell(row, col, cell), "the robot stands on a wall");
    Ok(())
}

fn set_robot(world: &mut World, robot: Robot) -> anyhow::Result<()> {
    ensure!(world.set_robot(robot), "the robot stands on a wall");
    Ok(())
}

/// An empty world of this size.
fn sized(rows: usize, cols: usize) -> anyhow::Result<World> {
    let side = |n: usize| u8::try_from(n).ok().filter(|n| (1..=World::MAX_SIDE).contains(n));
    match (side(rows), side(cols)) {
        (Some(rows), Some(cols)) => Ok(World::new(rows, cols)),
        _ => bail!("the world has {rows} rows and {cols} columns; 1 to 100 of each are allowed"),
    }
}
