//! The chart of the sheet of figures: a ring whose pieces are the rows of a table beside it.

use rust_xlsxwriter::{Chart, ChartDataLabel, ChartFont, ChartLegendPosition, Color};

use crate::{
    i18n::Language,
    report::{colors, stats::Piece, words},
};

/// How many rows of the sheet the chart covers.
pub(super) const ROWS: u32 = 16;

/// A piece has no label if it is smaller than one of this many equal pieces.
const SMALL_PIECE: u64 = 20;

/// Draws the ring; `None` if there are no rows. From this row on, the table has the words of the pieces in its first
/// column and their counts in the second.
#[expect(clippy::expect_used, reason = "the pieces are kinds of rows")]
pub(super) fn doughnut(
    (name, first): (&str, u32),
    pieces: &[(Piece, u64)],
    language: Language,
) -> Option<Chart> {
    let more = pieces.len().checked_sub(1)?;
    let last = first + u32::try_from(more).expect("a ring has few pieces");
    let mut doughnut = Chart::new_doughnut();
    let colours: Vec<Color> = pieces
        .iter()
        .map(|(piece, _)| Color::RGB(colors::of_piece(*piece).piece))
        .collect();
    let rows: u64 = pieces.iter().map(|(_, rows)| rows).sum();
    let labels: Vec<ChartDataLabel> = pieces
        .iter()
        .map(|(_, piece)| label(piece * SMALL_PIECE < rows))
        .collect();
    doughnut
        .add_series()
        .set_categories((name, first, 0, last, 0))
        .set_values((name, first, 1, last, 1))
        .set_point_colors(&colours)
        .set_data_label(
            ChartDataLabel::new()
                .show_percentage()
                .set_font(ChartFont::new().set_color(0x00FF_FFFF)),
        )
        .set_custom_data_labels(&labels);
    doughnut.title().set_hidden();
    doughnut.legend().set_position(ChartLegendPosition::Right);
    doughnut
        .set_hole_size(55)
        .set_width(480)
        .set_height(20 * ROWS - 20);
    let words: Vec<String> = pieces
        .iter()
        .map(|(piece, rows)| format!("{} {rows}", piece.word(language)))
        .collect();
    let is_delivery = !matches!(pieces[0].0, Piece::Status(_));
    doughnut.set_alt_text(words::chart(&words.join(", "), is_delivery, language));
    Some(doughnut)
}

/// Returns the label of a piece. Labels of small pieces would overlap; the table shows their shares.
fn label(is_small: bool) -> ChartDataLabel {
    let mut label = ChartDataLabel::new();
    if is_small {
        label.set_hidden();
    }
    label
}
