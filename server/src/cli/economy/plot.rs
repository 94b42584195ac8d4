//! Line and bar charts as SVG, for reports.
//!
//! Only this module uses floats, for positions in a picture. The figures beside a picture are exact.
#![expect(clippy::float_arithmetic, reason = "places on a picture")]

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 74.0;
const TOP: f64 = 12.0;
const RIGHT: f64 = 12.0;
const BOTTOM: f64 = 34.0;

/// A named line of a chart.
pub struct Curve {
    /// The name in the legend.
    pub name: String,
    /// x and y.
    pub points: Vec<(f64, f64)>,
}

/// A decimal as a position.
#[must_use]
pub fn place(text: &str) -> f64 {
    text.parse().unwrap_or(0.0)
}

/// The length of an axis (at least `most`) and its step, both round numbers.
fn steps(most: f64) -> (f64, f64) {
    if most <= 0.0 || !most.is_finite() {
        return (1.0, 0.5);
    }
    let size = 10_f64.powf(most.log10().floor());
    let step = [0.2, 0.5, 1.0, 2.0].into_iter().map(|part| part * size).find(|step| most / step <= 6.0).unwrap_or(size);
    ((most / step).ceil() * step, step)
}

/// A value of the axis, with as many decimal places as its steps have.
fn label(value: f64, step: f64) -> String {
    let (size, unit) = match value {
        v if v >= 1e9 => (1e9, "G"),
        v if v >= 1e6 => (1e6, "M"),
        v if v >= 1e4 => (1e3, "k"),
        0.0 => return "0".into(),
        _ => (1.0, ""),
    };
    let places = (1..=8).scan(step / size, |part, places| {
        let whole = (part.round() - *part).abs() < 1e-6;
        *part *= 10.0;
        (!whole).then_some(places)
    });
    let places = places.last().unwrap_or(0);
    format!("{:.places$}{unit}", value / size)
}

/// Draws the vertical axis and returns the scale of its values.
fn frame(out: &mut String, title: &str, most: f64) -> f64 {
    let (top, step) = steps(most);
    _ = write!(out, r#"<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">"#);
    let mut value = 0.0;
    while value <= top + step / 2.0 {
        let y = height(value, top);
        _ = write!(
            out,
            r#"<line class="grid" x1="{LEFT}" x2="{:.1}" y1="{y:.1}" y2="{y:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0,
            label(value, step)
        );
        value += step;
    }
    top
}

fn height(value: f64, top: f64) -> f64 {
    HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM)
}

/// A line chart over days; `before` and `after` surround the number of the last day.
#[must_use]
pub fn lines(title: &str, (before, after): (&str, &str), lines: &[Curve]) -> String {
    let mut out = String::new();
    let all = || lines.iter().flat_map(|line| &line.points);
    let most = all().map(|point| point.1).fold(0.0, f64::max);
    let last = all().map(|point| point.0).fold(1.0, f64::max);
    let top = frame(&mut out, title, most);
    let x = |day: f64| LEFT + day / last * (WIDTH - LEFT - RIGHT);
    for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let at_the_end = quarter > 0.9;
        let anchor = if at_the_end { "end" } else { "middle" };
        let day = (last * quarter).round();
        let (before, after) = if at_the_end { (before, after) } else { ("", "") };
        _ = write!(
            out,
            r#"<text x="{:.1}" y="{:.1}" text-anchor="{anchor}">{before}{day:.0}{after}</text>"#,
            x(day),
            HEIGHT - 12.0
        );
    }
    for (i, line) in lines.iter().enumerate() {
        let path: Vec<_> =
            line.points.iter().map(|(day, value)| format!("{:.1},{:.1}", x(*day), height(*value, top))).collect();
        _ = write!(out, r#"<polyline class="line{i}" points="{}"/>"#, path.join(" "));
    }
    out.push_str("</svg>");
    if lines.len() > 1 {
        out.push_str(r#"<p class="legend">"#);
        for (i, line) in lines.iter().enumerate() {
            _ = write!(out, r#"<span class="key{i}">{}</span> "#, line.name);
        }
        out.push_str("</p>");
    }
    out
}

/// Bars with a label under each.
#[must_use]
pub fn bars(title: &str, bars: &[(String, f64)]) -> String {
    let mut out = String::new();
    let top = frame(&mut out, title, bars.iter().map(|bar| bar.1).fold(0.0, f64::max));
    let wide = (WIDTH - LEFT - RIGHT) / f64::from(u32::try_from(bars.len().max(1)).unwrap_or(1));
    let mut x = LEFT;
    for (name, value) in bars {
        let y = height(*value, top);
        _ = write!(
            out,
            r#"<rect x="{:.1}" y="{y:.1}" width="{:.1}" height="{:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="middle">{name}</text>"#,
            x + wide * 0.1,
            wide * 0.8,
            HEIGHT - BOTTOM - y,
            x + wide / 2.0,
            HEIGHT - 12.0
        );
        x += wide;
    }
    out.push_str("</svg>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_labels_of_an_axis_are_the_same() {
        for most in
            [0.000_6, 0.004, 0.03, 0.07, 0.9, 2.3, 11.3, 112.0, 9_999.0, 25_000.0, 250_000.0, 1_368_539.0, 3.5e9]
        {
            let (top, step) = steps(most);
            let mut labels = Vec::new();
            let mut value = 0.0;
            while value <= top + step / 2.0 {
                labels.push(label(value, step));
                value += step;
            }
            let all = labels.len();
            labels.dedup();
            assert_eq!(labels.len(), all, "{labels:?}");
            assert!(labels.iter().all(|label| label.len() <= 7), "{labels:?}");
        }
    }
}
