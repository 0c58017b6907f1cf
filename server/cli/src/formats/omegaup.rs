//! omegaUp's and ReKarel's XML: a `mundo` with piles (`monton`) and walls between cells (`pared`), and a `programa` with
//! where Karel begins. Columns and rows are counted from 1 from the south-west; a wall goes from one corner of cells to
//! another, of which (0, 0) is the south-western of the first cell.

use anyhow::{Context, bail};
use roxmltree::{Document, Node};
use runtime::{Cell, Robot, World};
use syntax::ast::Heading;

use super::thin::{Side, Walls};
use super::{set_cell, set_robot, sized};

const HEADINGS: [&str; 4] = ["NORTE", "ESTE", "SUR", "OESTE"];

pub(crate) fn read(text: &str) -> anyhow::Result<World> {
    let document = Document::parse(text).context("this is not readable XML")?;
    let all = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name));
    let worlds = all("mundo").count();
    let (Some(node), 1) = (all("mundo").next(), worlds) else {
        bail!("the file holds {worlds} worlds ('mundo'); one can be imported");
    };
    let mut world = sized(number(node, "alto")?, number(node, "ancho")?)?;
    let mut walls = Walls::default();
    for child in node.children().filter(Node::is_comment) {
        wall_cells(child.text().unwrap_or(""), &world, &mut walls);
    }
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "monton" => pile(child, &mut world)?,
            "pared" => wall(child, &mut walls)?,
            // What a contest looks at afterwards is nothing of the world.
            "posicionDump" => {}
            other => bail!("{}: '{other}' is not known in a world", line(child)),
        }
    }
    let program = all("programa").next().context("nothing says where Karel begins ('programa')")?;
    let heading = program.attribute("direccionKarel").unwrap_or("NORTE");
    let heading = HEADINGS.iter().position(|name| *name == heading);
    let heading = Heading::ALL[heading.with_context(|| format!("{}: no direction", line(program)))?];
    let (row, col) = place(program, "yKarel", "xKarel", &world)?;
    let bag = program.attribute("mochilaKarel").unwrap_or("0");
    if bag != "INFINITO" {
        bail!("{}: a bag of {bag} beepers: Karel's bag is never empty in this language", line(program));
    }
    set_robot(&mut world, Robot { row, col, heading })?;
    walls.build(&mut world)?;
    Ok(world)
}

fn line(node: Node<'_, '_>) -> String {
    format!("line {}", node.document().text_pos_at(node.range().start).row)
}

fn number(node: Node<'_, '_>, name: &str) -> anyhow::Result<usize> {
    let text = node.attribute(name).with_context(|| format!("{}: '{name}' is missing", line(node)))?;
    text.trim().parse().ok().with_context(|| format!("{}: {name}=\"{text}\" is not a number", line(node)))
}

fn place(node: Node<'_, '_>, row: &str, col: &str, world: &World) -> anyhow::Result<(u8, u8)> {
    let (row, col) = (number(node, row)?, number(node, col)?);
    if !(1..=world.rows().into()).contains(&row) || !(1..=world.cols().into()).contains(&col) {
        bail!("{}: ({col}, {row}) is outside of the world", line(node));
    }
    Ok((row as u8 - 1, col as u8 - 1))
}

fn pile(node: Node<'_, '_>, world: &mut World) -> anyhow::Result<()> {
    let (row, col) = place(node, "y", "x", world)?;
    let count = node.attribute("zumbadores").unwrap_or("");
    match count.parse::<u8>() {
        Ok(count @ 0..=9) => {
            set_cell(world, row, col, Cell::Markers(count))?;
            Ok(())
        }
        _ => bail!("{}: a pile of {count} beepers: a cell holds at most 9 markers here", line(node)),
    }
}

fn wall(node: Node<'_, '_>, walls: &mut Walls) -> anyhow::Result<()> {
    let at = |name| -> anyhow::Result<i32> { Ok(i32::try_from(number(node, name)?.min(1000))?) };
    let (x1, y1) = (at("x1")?, at("y1")?);
    let x2 = if node.has_attribute("x2") { at("x2")? } else { x1 };
    let y2 = if node.has_attribute("y2") { at("y2")? } else { y1 };
    match (x1 == x2, y1 == y2) {
        (false, true) => (x1.min(x2)..x1.max(x2)).for_each(|col| walls.add_between(y1, col, Side::South)),
        (true, false) => (y1.min(y2)..y1.max(y2)).for_each(|row| walls.add_between(row, x1, Side::West)),
        _ => bail!("{}: a wall from ({x1}, {y1}) to ({x2}, {y2}) is none", line(node)),
    }
    Ok(())
}

/// Begins a comment that says which cells are walls: walls between cells alone don't tell a wall from an empty cell that
/// walls enclose.
const WALL_CELLS: &str = "wall cells:";

fn wall_cells(comment: &str, world: &World, walls: &mut Walls) {
    for cell in comment.trim().strip_prefix(WALL_CELLS).unwrap_or("").split_whitespace() {
        let place =
            cell.split_once(':').and_then(|(x, y)| Some((y.parse::<u8>().ok()?, x.parse::<u8>().ok()?)));
        if let Some((row @ 1.., col @ 1..)) = place
            && row <= world.rows()
            && col <= world.cols()
        {
            Side::ALL.iter().for_each(|&side| walls.add(i32::from(row) - 1, i32::from(col) - 1, side));
        }
    }
}

pub(crate) fn write(world: &World) -> String {
    let (rows, cols) = (world.rows(), world.cols());
    let mut text = format!(
        "<ejecucion>\n  <condiciones instruccionesMaximasAEjecutar=\"10000000\" longitudStack=\"65000\"></condiciones>\n  \
         <mundos>\n    <mundo nombre=\"mundo_0\" ancho=\"{cols}\" alto=\"{rows}\">\n"
    );
    for row in 0..rows {
        for col in 0..cols {
            if let Cell::Markers(n @ 1..) = world.cell(row, col) {
                let (x, y) = (col + 1, row + 1);
                text.push_str(&format!("      <monton x=\"{x}\" y=\"{y}\" zumbadores=\"{n}\"></monton>\n"));
            }
        }
    }
    let cells = (0..rows).flat_map(|row| (0..cols).map(move |col| (row, col)));
    let cells = cells.filter(|&(row, col)| world.cell(row, col) == Cell::Wall);
    let cells: Vec<String> = cells.map(|(row, col)| format!("{}:{}", col + 1, row + 1)).collect();
    if !cells.is_empty() {
        text.push_str(&format!("      <!-- {WALL_CELLS} {} -->\n", cells.join(" ")));
    }
    for (row, col, side) in Walls::once(world) {
        let wall = match side {
            Side::North => format!("x1=\"{col}\" y1=\"{}\" x2=\"{}\"", row + 1, col + 1),
            Side::South => format!("x1=\"{col}\" y1=\"{row}\" x2=\"{}\"", col + 1),
            Side::East => format!("x1=\"{}\" y1=\"{row}\" y2=\"{}\"", col + 1, row + 1),
            Side::West => format!("x1=\"{col}\" y1=\"{row}\" y2=\"{}\"", row + 1),
        };
        text.push_str(&format!("      <pared {wall}></pared>\n"));
    }
    let Robot { row, col, heading } = world.robot();
    text.push_str(&format!(
        "    </mundo>\n  </mundos>\n  <programas tipoEjecucion=\"CONTINUA\" intruccionesCambioContexto=\"1\" \
         milisegundosParaPasoAutomatico=\"0\">\n    <programa nombre=\"p1\" ruta=\"{{$2$}}\" \
         mundoDeEjecucion=\"mundo_0\" xKarel=\"{}\" yKarel=\"{}\" direccionKarel=\"{}\" \
         mochilaKarel=\"INFINITO\"></programa>\n  </programas>\n</ejecucion>\n",
        col + 1,
        row + 1,
        HEADINGS[heading as usize]
    ));
    text
}
