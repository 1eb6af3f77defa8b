//! Removes tags of HTML from a name. Only names of real tags count: `Петров <директор>` has none.

use super::{Damaged, Step};

/// Tags without an end tag; each is replaced by a space.
const ALONE: [&str; 4] = ["br", "hr", "wbr", "img"];

/// Tags that enclose text.
const AROUND: [&str; 26] = [
    "a", "b", "i", "u", "s", "p", "em", "td", "tr", "th", "li", "ul", "ol", "h1", "h2", "h3", "h4",
    "div", "sub", "sup", "big", "span", "font", "nobr", "small", "strong",
];

/// Removes the tags from a text.
pub(super) fn decoded(text: &str) -> Step {
    if let Some(inner) = text
        .trim()
        .strip_prefix("<![CDATA[")
        .and_then(|rest| rest.strip_suffix("]]>"))
    {
        return Some(Ok(inner.to_owned()));
    }
    let tags = tags(text);
    let of = |is_end: bool| {
        tags.iter()
            .filter(move |tag| !tag.is_alone && tag.is_end == is_end)
            .count()
    };
    if tags.is_empty() || tags.len() == 1 && tags[0].is_whole(text) {
        return None;
    }
    if of(true) != of(false) {
        return Some(Err(Damaged));
    }
    let mut decoded = String::new();
    let mut end = 0;
    for tag in &tags {
        decoded.push_str(&text[end..tag.start]);
        decoded.push_str(if tag.is_alone { " " } else { "" });
        end = tag.end;
    }
    decoded.push_str(&text[end..]);
    Some(Ok(decoded.trim().to_owned()))
}

/// A tag of HTML.
struct Tag {
    start: usize,
    end: usize,
    is_alone: bool,
    is_end: bool,
}

impl Tag {
    /// Whether the tag is the whole text: somebody may be called `<b>`.
    fn is_whole(&self, text: &str) -> bool {
        !self.is_alone && self.end - self.start == text.trim().len()
    }
}

fn tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('<').map(|at| from + at) {
        let tag = text[start..]
            .find('>')
            .and_then(|length| tag(text, start, start + length + 1));
        from = tag.as_ref().map_or(start + 1, |tag| tag.end);
        tags.extend(tag);
    }
    tags
}

/// Returns the tag at this position of the text, if there is one.
fn tag(text: &str, start: usize, end: usize) -> Option<Tag> {
    let inside = &text[start + 1..end - 1];
    let name = inside.trim_start_matches('/').trim_end_matches('/');
    let (name, attributes) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    let name = name.to_ascii_lowercase();
    let is_alone = ALONE.contains(&name.as_str());
    let has_attributes = attributes.trim().is_empty() || attributes.contains('=');
    let is_tag = (is_alone || AROUND.contains(&name.as_str())) && has_attributes;
    is_tag.then(|| Tag {
        start,
        end,
        is_alone,
        is_end: inside.starts_with('/'),
    })
}
