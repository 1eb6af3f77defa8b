//! Columns of text, each as wide as its widest cell.

use console::measure_text_width;

/// How the cells of a column are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

/// The gap between two columns.
const GAP: &str = "  ";

/// Returns the width of each column.
pub(crate) fn widths<const N: usize>(rows: &[[String; N]]) -> [usize; N] {
    std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| measure_text_width(&row[column]));
        cells.max().unwrap_or(0)
    })
}

/// Formats one row with its columns side by side.
pub(crate) fn line<const N: usize>(
    cells: &[String; N],
    widths: [usize; N],
    sides: [Side; N],
) -> String {
    let padded = cells.iter().zip(widths).zip(sides);
    let padded = padded.map(|((cell, width), side)| {
        let space = " ".repeat(width.saturating_sub(measure_text_width(cell)));
        match side {
            Side::Left => format!("{cell}{space}"),
            Side::Right => format!("{space}{cell}"),
        }
    });
    let line = padded.collect::<Vec<_>>().join(GAP);
    line.trim_end().to_owned()
}
