//! One row as in each of our tables: our own cells, and the input's own cells below their headings.

use std::borrow::Cow;

use super::{explain::explanation, style::CellStyle};
use crate::{
    domain::results::{self, COLUMNS},
    i18n::Language,
    ledger::{Listed, ResultRow},
};

/// Returns our own cells, in the order of the headings.
pub(super) fn cells<'a>(
    line: &'a ResultRow,
    sources: &'a [Listed],
    campaign: &'a str,
    style: &CellStyle,
) -> [Cow<'a, str>; COLUMNS] {
    let [first_name, middle_name, last_name, company] = line.names.each_ref().map(String::as_str);
    [
        line.row.to_string().into(),
        sources
            .get(line.source)
            .map_or("", |source| source.name.as_str())
            .into(),
        campaign.into(),
        style.status(line.status).into(),
        line.recipient.as_str().into(),
        line.phone_contact.as_str().into(),
        first_name.into(),
        middle_name.into(),
        last_name.into(),
        company.into(),
        line.id_message.as_str().into(),
        style.delivery(&line.delivery).into(),
        line.error.as_str().into(),
        explanation(line, sources, style).into(),
        line.attempts.to_string().into(),
        style.sent_at_text(line).into(),
    ]
}

/// The columns after our own: the instance, if several share the campaign, and the columns of the inputs that were not
/// used. Each heading appears once; a heading that one file repeats appears as often as in that file.
pub(super) struct MoreColumns {
    pub(super) headings: Vec<String>,
    has_instance: bool,
    /// For each source, the column of each of its cells.
    places: Vec<Vec<usize>>,
}

impl MoreColumns {
    /// Collects the columns. `instance` is the heading of the instance's column, if there is one. A heading of an input
    /// that equals one of ours is made distinct.
    pub(super) fn of(sources: &[Listed], instance: Option<&str>, language: Language) -> Self {
        let mut headings: Vec<String> = instance.map(str::to_owned).into_iter().collect();
        let mut places = Vec::new();
        for source in sources {
            let mut taken: Vec<usize> = (0..usize::from(instance.is_some())).collect();
            for heading in &source.own_columns {
                let heading = results::own_heading(heading, language);
                let free = (0..headings.len())
                    .find(|place| headings[*place] == *heading && !taken.contains(place));
                let place = free.unwrap_or(headings.len());
                if free.is_none() {
                    headings.push(heading.into_owned());
                }
                taken.push(place);
            }
            places.push(taken.split_off(usize::from(instance.is_some())));
        }
        Self {
            headings,
            has_instance: instance.is_some(),
            places,
        }
    }

    /// Returns the cells of a line, one for each heading.
    pub(super) fn cells<'a>(&self, line: &'a ResultRow) -> Vec<&'a str> {
        let mut cells = vec![""; self.headings.len()];
        if self.has_instance {
            cells[0] = &line.instance;
        }
        let places = self.places.get(line.source).into_iter().flatten();
        for (place, cell) in places.zip(&line.own_cells) {
            cells[*place] = cell;
        }
        cells
    }
}
