//! Pictures with axes, drawn as SVG; colours are numbers that the style of the page replaces, so that
//! they follow light and dark.

#![expect(clippy::float_arithmetic, reason = "pictures are drawn to a fraction of a pixel")]

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::table::Table;

/// So many series have a colour of their own; the one after them is for all others.
pub(super) const SERIES: usize = 7;

/// The classes of the series, for legends.
pub(super) const SERIES_CLASSES: [&str; SERIES + 1] = [
    "series-0",
    "series-1",
    "series-2",
    "series-3",
    "series-4",
    "series-5",
    "series-6",
    "series-rest",
];

/// Stand-ins for the colours of the style: `#000100` to `#000107` are the series.
const fn series_color(place: u8) -> RGBColor {
    RGBColor(0, 1, place)
}
const ACCENT: RGBColor = RGBColor(0, 1, 8);
const GRID: RGBColor = RGBColor(0, 1, 9);
const AXIS: RGBColor = RGBColor(0, 1, 10);

/// Letters of this size on a page of usual width.
const LETTER: f64 = 14.0;

/// A picture, what it shows in words, and its figures.
#[derive(Clone, Debug, Default)]
pub(super) struct Chart {
    /// What it shows, for those who do not see it.
    pub(super) label: String,
    /// `wide` or `square`.
    pub(super) class: &'static str,
    /// The picture itself: SVG without anything from a log but escaped text.
    pub(super) svg: String,
    /// The class of each colour and what it stands for.
    pub(super) legend: Vec<(&'static str, String)>,
    /// The figures.
    pub(super) table: Option<Table>,
}

/// A line across a picture: its name, and its height from 0 to 1.
pub(super) type Tick = (String, f64);

/// A column: what stands below it (empty for nothing), and the heights of its parts from the ground up,
/// each a part of the whole height.
pub(super) type Column = (String, Vec<f64>);

fn letters(right: HPos, down: VPos) -> TextStyle<'static> {
    ("sans-serif", LETTER).into_font().color(&AXIS).pos(Pos::new(right, down))
}

/// Columns of parts in the colours of the series.
pub(super) fn columns(ticks: &[Tick], columns: &[Column]) -> String {
    let mut svg = String::new();
    draw_columns(&mut svg, ticks, columns).expect("memory can be written");
    svg
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn draw_columns(svg: &mut String, ticks: &[Tick], columns: &[Column]) -> Drawn {
    let root = SVGBackend::with_string(svg, (1_080, 300)).into_drawing_area();
    let width = f64::from(u32::try_from(columns.len())?);
    let mut chart = ChartBuilder::on(&root)
        .margin_top(10)
        .margin_right(4)
        .set_label_area_size(LabelAreaPosition::Left, 58)
        .set_label_area_size(LabelAreaPosition::Bottom, 26)
        .build_cartesian_2d(0.0..width, 0.0..1.0)?;
    chart.draw_series(
        ticks.iter().map(|(_, at)| PathElement::new(vec![(0.0, *at), (width, *at)], GRID)),
    )?;
    chart.draw_series(ticks.iter().map(|(name, at)| {
        let style = letters(HPos::Right, VPos::Center);
        EmptyElement::at((0.0, *at)) + Text::new(name.clone(), (-8, 0), style)
    }))?;
    for (place, (name, parts)) in (0_u32..).zip(columns) {
        let left = f64::from(place);
        let mut below = 0.0;
        for (series, part) in (0_u8..).zip(parts) {
            if *part > 0.0 {
                let corners = [(left + 0.13, below), (left + 0.87, below + part)];
                let color = series_color(series).filled();
                chart.draw_series([Rectangle::new(corners, color)])?;
                below += part;
            }
        }
        if !name.is_empty() {
            let style = letters(HPos::Center, VPos::Top);
            let text = Text::new(name.clone(), (0, 7), style);
            chart.draw_series([EmptyElement::at((left + 0.5, 0.0)) + text])?;
        }
    }
    drop(chart);
    root.present()?;
    Ok(())
}

/// A curve from (0, 0) to (1, 1) beside the straight line between them.
pub(super) fn curve(points: &[(f64, f64)]) -> String {
    let mut svg = String::new();
    draw_curve(&mut svg, points).expect("memory can be written");
    svg
}

fn draw_curve(svg: &mut String, points: &[(f64, f64)]) -> Drawn {
    let root = SVGBackend::with_string(svg, (480, 330)).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .margin_top(10)
        .margin_right(20)
        .set_label_area_size(LabelAreaPosition::Left, 58)
        .set_label_area_size(LabelAreaPosition::Bottom, 46)
        .build_cartesian_2d(0.0..1.0, 0.0..1.0)?;
    for quarter in 0..=4_u32 {
        let at = f64::from(quarter) / 4.0;
        let name = format!("{} %", quarter * 25);
        chart.draw_series([PathElement::new(vec![(0.0, at), (1.0, at)], GRID)])?;
        let style = letters(HPos::Right, VPos::Center);
        chart
            .draw_series([EmptyElement::at((0.0, at)) + Text::new(name.clone(), (-8, 0), style)])?;
        let style = letters(HPos::Center, VPos::Top);
        chart.draw_series([EmptyElement::at((at, 0.0)) + Text::new(name, (0, 7), style)])?;
    }
    let style = letters(HPos::Center, VPos::Top);
    let title = Text::new("of the calls, the cheapest first".to_owned(), (0, 26), style);
    chart.draw_series([EmptyElement::at((0.5, 0.0)) + title])?;
    let style = letters(HPos::Left, VPos::Top);
    let title = Text::new("of the cost".to_owned(), (8, 4), style);
    chart.draw_series([EmptyElement::at((0.0, 1.0)) + title])?;
    chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], AXIS))?;
    chart.draw_series(AreaSeries::new(points.iter().copied(), 0.0, ACCENT.mix(0.12)))?;
    chart.draw_series(LineSeries::new(points.iter().copied(), ACCENT.stroke_width(2)))?;
    drop(chart);
    root.present()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_pictures_are_escaped() {
        let svg = columns(&[], &[("</svg><script>".to_owned(), vec![0.5])]);
        assert!(!svg.contains("<script>"), "{svg}");
    }

    #[test]
    fn pictures_have_only_the_colours_of_the_style() {
        let svg = columns(&[("$1".to_owned(), 1.0)], &[("a".to_owned(), vec![0.1; SERIES + 1])])
            + &curve(&[(0.0, 0.0), (0.5, 0.2), (1.0, 1.0)]);
        let style = include_str!("../../../templates/page.css");
        for color in svg.split('"').filter(|part| part.starts_with('#')) {
            let is_text = color == "#00010A";
            assert!(is_text || style.contains(color), "{color} is not in the style");
        }
        assert!(!svg.contains("style="), "a policy forbids them");
    }
}
