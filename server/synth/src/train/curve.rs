//! The course of a training as a picture: the loss above, what was measured below, both over the samples seen; and the
//! courses of several trainings, side by side.

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;

use super::metrics::Line;

const SIZE: (u32, u32) = (960, 720);

/// An SVG picture.
///
/// # Errors
/// Where the numbers can't be drawn.
pub fn draw(title: &str, lines: &[Line]) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let (above, below) = area.split_vertically(SIZE.1 / 2);
        loss(title, &above, lines)?;
        figures(&below, lines)?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// Points of a curve, at most: the batches between two are averaged.
const POINTS: usize = 150;

/// An SVG picture of several trainings, by name: what share of the predictions was right, over the samples seen.
///
/// # Errors
/// Where the numbers can't be drawn.
pub fn compare(title: &str, trainings: &[(String, Vec<Line>)]) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (SIZE.0, SIZE.1 / 2 + SIZE.1 / 8)).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        let end = trainings.iter().map(|(_, lines)| last(lines)).fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(&area)
            .caption(title, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(52)
            .build_cartesian_2d(0.0..end, 0.0..100.0)
            .map_err(failed)?;
        let mesh = &mut chart.configure_mesh();
        mesh.x_desc("tasks")
            .y_desc("predictions right, %")
            .x_label_formatter(&|x| count(*x))
            .draw()
            .map_err(failed)?;
        for (number, (name, lines)) in trainings.iter().enumerate() {
            let color = Palette99::pick(number).to_rgba();
            chart
                .draw_series(LineSeries::new(averaged(lines), color.stroke_width(2)))
                .map_err(failed)?
                .label(name.as_str())
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
        }
        let labels = &mut chart.configure_series_labels();
        let labels = labels.background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.3));
        labels.position(SeriesLabelPosition::LowerRight).draw().map_err(failed)?;
        area.present().map_err(failed)?;
    }
    Ok(svg)
}

/// The share of right predictions in percent, with the samples seen by then.
fn averaged(lines: &[Line]) -> Vec<(f64, f64)> {
    let right = |line: &Line| match line {
        Line::Training(line) => Some((line.samples as f64, 100.0 * line.accuracy)),
        Line::Evaluation(_) => None,
    };
    let points: Vec<(f64, f64)> = lines.iter().filter_map(right).collect();
    let mean = |points: &[(f64, f64)], of: fn(&(f64, f64)) -> f64| {
        points.iter().map(of).sum::<f64>() / points.len() as f64
    };
    let parts = points.chunks(points.len().div_ceil(POINTS).max(1));
    parts.map(|part| (mean(part, |point| point.0), mean(part, |point| point.1))).collect()
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow!("can't draw the curve: {error}")
}

/// Samples seen at the end.
fn last(lines: &[Line]) -> f64 {
    let samples = lines.iter().map(|line| match line {
        Line::Training(line) => line.samples,
        Line::Evaluation(line) => line.samples,
    });
    samples.max().unwrap_or(1).max(1) as f64
}

fn loss(title: &str, area: &Area, lines: &[Line]) -> Result<()> {
    let points: Vec<(f64, f64)> = lines
        .iter()
        .filter_map(|line| match line {
            Line::Training(line) if line.loss.is_finite() => Some((line.samples as f64, line.loss)),
            _ => None,
        })
        .collect();
    let top = points.iter().map(|p| p.1).fold(0.1, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(32)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..last(lines), 0.0..top * 1.05)
        .map_err(failed)?;
    let mesh = &mut chart.configure_mesh();
    mesh.y_desc("loss, nats per prediction").x_label_formatter(&|x| count(*x)).draw().map_err(failed)?;
    chart.draw_series(LineSeries::new(points, BLUE.stroke_width(2))).map_err(failed)?;
    Ok(())
}

fn figures(area: &Area, lines: &[Line]) -> Result<()> {
    let mut chart = ChartBuilder::on(area)
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(52)
        .build_cartesian_2d(0.0..last(lines), 0.0..100.0)
        .map_err(failed)?;
    let mesh = &mut chart.configure_mesh();
    mesh.x_desc("samples").y_desc("%").x_label_formatter(&|x| count(*x)).draw().map_err(failed)?;
    let evaluated =
        || lines.iter().filter_map(|line| if let Line::Evaluation(e) = line { Some(e) } else { None });
    let mut names: Vec<&String> = evaluated().flat_map(|e| e.figures.keys()).collect();
    names.sort();
    names.dedup();
    for (number, name) in names.iter().enumerate() {
        let color = Palette99::pick(number).to_rgba();
        let points = evaluated().filter_map(|e| Some((e.samples as f64, *e.figures.get(*name)?)));
        let points: Vec<(f64, f64)> = points.collect();
        chart
            .draw_series(LineSeries::new(points, color.stroke_width(2)).point_size(2))
            .map_err(failed)?
            .label(name.as_str())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    if !names.is_empty() {
        let labels = &mut chart.configure_series_labels();
        let labels = labels.background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.3));
        labels.position(SeriesLabelPosition::UpperLeft).draw().map_err(failed)?;
    }
    Ok(())
}

/// 1500000 → 1.5M
fn count(x: f64) -> String {
    match x {
        1e6.. => format!("{:.1}M", x / 1e6),
        1e3.. => format!("{:.0}k", x / 1e3),
        _ => format!("{x:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::metrics::Training;

    #[test]
    fn a_curve_has_few_points_and_the_ends_of_many() {
        let line = |step: u64| {
            let accuracy = step as f64 / 1_000.0;
            Line::Training(Training {
                step,
                tasks: step,
                samples: step * 64,
                accuracy,
                ..Training::default()
            })
        };
        let lines: Vec<Line> = (0..=1_000).map(line).collect();
        let points = averaged(&lines);
        assert!(points.len() <= POINTS, "{}", points.len());
        assert!(points.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
        assert!(points[0].1 < 1.0 && points[points.len() - 1].1 > 99.0);
        let svg = compare("both", &[("first".to_owned(), lines), ("second".to_owned(), Vec::new())]).unwrap();
        assert!(svg.contains("first") && svg.contains("second") && svg.ends_with("</svg>\n"));
    }
}
