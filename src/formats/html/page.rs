//! A page as a browser understands it: which table, row and cell each text is in, where unclosed elements end, and what
//! is not shown. Elements of tables are always tracked, other elements only if they or an element around them hide
//! something.

use std::sync::Arc;

use super::css::{Declared, Rules, Tag, Visibility};
use super::tokens::{Token, TokenError, Tokens};

/// How many elements may be open at once; a page with nested tables has a dozen.
const DEEPEST: usize = 1000;

/// What an element means for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Element {
    Table,
    Section,
    Row,
    Cell,
    /// A line break, `<br>`.
    Break,
    /// An element that is displayed on lines of its own.
    Block,
    Other,
}

/// An event of the page. Elements left open are closed, and a cell outside of a row gets a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// An element begins; never [`Element::Other`].
    Open(Element),
    /// An element ends; never [`Element::Other`] or [`Element::Break`].
    Close(Element),
    /// Text as written, with its entities.
    Text,
    /// Text without entities (`CDATA`).
    Verbatim,
    End,
}

pub(super) struct Page {
    pub(super) tokens: Tokens,
    rules: Arc<Rules>,
    open: Vec<Open>,
    /// How many of the open elements stay open; the others end before anything else happens.
    keep: usize,
    /// What begins after that; its tag is the last one that was read.
    begins: Option<Begins>,
    tables: usize,
}

/// An open element.
struct Open {
    element: Element,
    /// The name of an element that is not part of a table.
    name: String,
    looks: Looks,
}

/// How an element looks, regardless of the elements around it.
#[derive(Default)]
struct Looks {
    shown: Visibility,
    /// Whether its text is raised, lowered or struck out.
    is_apart: bool,
    /// What selectors look at, if any selector looks at surrounding elements.
    tag: Option<Tag>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Begins {
    element: Element,
    /// Whether a row without a tag begins before it.
    after_row: bool,
}

impl Element {
    fn of(name: &str) -> Self {
        match name {
            "table" => Self::Table,
            "thead" | "tbody" | "tfoot" => Self::Section,
            "tr" => Self::Row,
            "td" | "th" => Self::Cell,
            "br" => Self::Break,
            "p" | "div" | "li" | "ul" | "ol" | "dt" | "dd" | "h1" | "h2" | "h3" | "h4" => {
                Self::Block
            }
            _ => Self::Other,
        }
    }

    const fn is_of_table(self) -> bool {
        matches!(self, Self::Table | Self::Section | Self::Row | Self::Cell)
    }
}

impl Page {
    pub(super) const fn new(tokens: Tokens, rules: Arc<Rules>) -> Self {
        Self {
            tokens,
            rules,
            open: Vec::new(),
            keep: 0,
            begins: None,
            tables: 0,
        }
    }

    /// Returns how many tracked elements are open.
    pub(super) const fn level(&self) -> usize {
        self.open.len()
    }

    /// Returns how many tables have begun so far.
    pub(super) const fn tables(&self) -> usize {
        self.tables
    }

    /// Whether a table is open.
    pub(super) fn is_in_table(&self) -> bool {
        self.open.iter().any(|open| open.element == Element::Table)
    }

    /// Whether the element that has just begun is shown, regardless of the elements around it.
    pub(super) fn shown(&self) -> Visibility {
        self.open
            .last()
            .map_or(Visibility::Yes, |open| open.looks.shown)
    }

    /// Whether one of the open elements from this level on is not shown.
    pub(super) fn is_hidden(&self, from: usize) -> bool {
        self.open
            .iter()
            .skip(from)
            .any(|open| open.looks.shown != Visibility::Yes)
    }

    /// Whether one of the open elements from this level on raises, lowers or strikes out its text.
    pub(super) fn is_apart(&self, from: usize) -> bool {
        self.open.iter().skip(from).any(|open| open.looks.is_apart)
    }

    pub(super) fn next(&mut self) -> Result<Event, TokenError> {
        loop {
            if let Some(event) = self.take_pending() {
                return Ok(event);
            }
            let event = match self.tokens.next()? {
                Token::Open => self.open_tag(Element::of(self.tokens.name()))?,
                Token::Close => self.close_tag(Element::of(self.tokens.name())),
                Token::Text => Some(Event::Text),
                Token::Verbatim => Some(Event::Verbatim),
                Token::End => Some(Event::End),
            };
            if let Some(event) = event {
                return Ok(event);
            }
        }
    }

    /// Takes the next pending event of the last tag: first elements that end, then one that begins.
    fn take_pending(&mut self) -> Option<Event> {
        while self.open.len() > self.keep {
            let element = self.open.pop()?.element;
            if element.is_of_table() {
                return Some(Event::Close(element));
            }
        }
        let begins = self.begins.take()?;
        if begins.after_row {
            self.begins = Some(Begins {
                after_row: false,
                ..begins
            });
            self.push(Open {
                element: Element::Row,
                name: String::new(),
                looks: Looks::default(),
            });
            return Some(Event::Open(Element::Row));
        }
        let looks = self.looks();
        self.tables += usize::from(begins.element == Element::Table);
        self.push(Open {
            element: begins.element,
            name: String::new(),
            looks,
        });
        Some(Event::Open(begins.element))
    }

    fn push(&mut self, open: Open) {
        self.open.push(open);
        self.keep = self.open.len();
    }

    /// Handles a start tag.
    fn open_tag(&mut self, element: Element) -> Result<Option<Event>, TokenError> {
        let is_tracked = || element.is_of_table() || self.is_hidden(0) || self.is_apart(0);
        if self.open.len() >= DEEPEST && is_tracked() {
            return Err(TokenError::TooLong);
        }
        match element {
            Element::Break => return Ok(Some(Event::Open(Element::Break))),
            Element::Block | Element::Other => return Ok(self.open_other(element)),
            Element::Table => {
                self.close_paragraph();
                // A table that begins between the cells of another table ends that one.
                let innermost = self
                    .open
                    .iter()
                    .rposition(|open| open.element.is_of_table());
                if innermost.is_some_and(|at| self.open[at].element != Element::Cell) {
                    self.keep = self.last(&[Element::Table]).unwrap_or(self.open.len());
                }
                self.begins = Some(Begins {
                    element,
                    after_row: false,
                });
            }
            Element::Section => self.begin_within(&[Element::Table], element),
            Element::Row => self.begin_within(&[Element::Table, Element::Section], element),
            Element::Cell => {
                self.begin_within(&[Element::Table, Element::Section, Element::Row], element);
                let is_in_row =
                    self.keep.checked_sub(1).map(|at| self.open[at].element) == Some(Element::Row);
                self.begins = self.begins.map(|begins| Begins {
                    after_row: !is_in_row,
                    ..begins
                });
            }
        }
        Ok(None)
    }

    /// Begins a part of a table in the last open element of these kinds; ignored outside of tables.
    fn begin_within(&mut self, around: &[Element], element: Element) {
        if let Some(at) = self.last(around) {
            self.keep = at + 1;
            self.begins = Some(Begins {
                element,
                after_row: false,
            });
        }
    }

    fn last(&self, elements: &[Element]) -> Option<usize> {
        self.open
            .iter()
            .rposition(|open| elements.contains(&open.element))
    }

    /// Begins an element that is not part of a table. Elements without content begin and end at once.
    fn open_other(&mut self, element: Element) -> Option<Event> {
        if element == Element::Block {
            self.close_paragraph();
        }
        let name = self.tokens.name();
        if matches!(name, "li" | "dt" | "dd" | "option") {
            self.close_same();
        }
        if !self.tokens.is_void() {
            let is_followed = self.rules.has_ancestors() || self.is_in_other();
            let looks = self.looks();
            let is_told = looks.shown != Visibility::Yes || looks.is_apart;
            if (is_followed && self.open.len() < DEEPEST) || is_told {
                let name = self.tokens.name().to_owned();
                self.push(Open {
                    element: Element::Other,
                    name,
                    looks,
                });
            }
        }
        (element == Element::Block).then_some(Event::Open(element))
    }

    /// Handles an end tag.
    fn close_tag(&mut self, element: Element) -> Option<Event> {
        match element {
            Element::Table => self.keep = self.last(&[Element::Table]).unwrap_or(self.keep),
            Element::Section | Element::Row | Element::Cell => {
                let at = self.last(&[element, Element::Table]);
                if let Some(at) = at.filter(|at| self.open[*at].element == element) {
                    self.keep = at;
                }
            }
            Element::Break => return Some(Event::Open(Element::Break)),
            Element::Block | Element::Other => self.close_same(),
        }
        (element == Element::Block).then_some(Event::Close(element))
    }

    /// Ends the last open element with the name of the last tag, and everything in it, unless a part of a table is in
    /// between.
    fn close_same(&mut self) {
        if self.is_in_other() {
            let at = self.last_named(self.tokens.name());
            self.close_from(at);
        }
    }

    /// Whether the innermost open element is not part of a table.
    fn is_in_other(&self) -> bool {
        self.open
            .last()
            .is_some_and(|open| !open.element.is_of_table())
    }

    /// Ends an open paragraph, because a block or a table begins.
    fn close_paragraph(&mut self) {
        if self.is_in_other() {
            self.close_from(self.last_named("p"));
        }
    }

    /// Returns the last open element with this name after the last part of a table.
    fn last_named(&self, name: &str) -> Option<usize> {
        let from = self
            .open
            .iter()
            .rposition(|open| open.element.is_of_table())
            .map_or(0, |at| at + 1);
        self.open[from..]
            .iter()
            .rposition(|open| open.name == name)
            .map(|at| from + at)
    }

    fn close_from(&mut self, at: Option<usize>) {
        if let Some(at) = at {
            self.open.truncate(at);
            self.keep = self.open.len();
        }
    }

    /// Returns how the element of the last tag looks.
    fn looks(&self) -> Looks {
        let sets_apart = matches!(self.tokens.name(), "sup" | "sub" | "s" | "strike" | "del");
        let (mut is_hidden, mut own) = (false, Declared::default());
        let mut tag = Tag::default();
        for (name, value) in self.tokens.attributes() {
            if name.eq_ignore_ascii_case("style") {
                own = Declared::read(value);
            } else if name.eq_ignore_ascii_case("hidden") {
                is_hidden = true;
            } else if self.rules.matter() && name.eq_ignore_ascii_case("class") {
                tag.classes = value
                    .split_ascii_whitespace()
                    .map(str::to_lowercase)
                    .collect();
            } else if self.rules.matter() && name.eq_ignore_ascii_case("id") {
                tag.id = value.to_lowercase();
            }
        }
        if !self.rules.matter() {
            return Looks {
                shown: own.shown(is_hidden),
                is_apart: sets_apart || own.sets_apart(),
                tag: None,
            };
        }
        self.tokens.name().clone_into(&mut tag.name);
        let around = &self.open[..self.keep.min(self.open.len())];
        let tags = around.iter().filter_map(|open| open.looks.tag.as_ref());
        let around: Vec<&Tag> = tags.collect();
        let declared = self.rules.declared(&tag, own, &around);
        Looks {
            shown: declared.shown(is_hidden),
            is_apart: sets_apart || declared.sets_apart(),
            tag: self.rules.has_ancestors().then_some(tag),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::style_sheets;
    use super::*;

    fn letter(element: Element) -> char {
        format!("{element:?}").chars().next().unwrap()
    }

    /// The events of a page as `+` and `-` with the first letter of the element, and its text: in small
    /// letters what is hidden, in capitals what is shown.
    fn events(html: &str) -> String {
        let source = || Box::new(Cursor::new(html.to_owned()));
        let rules = style_sheets::rules(source()).unwrap();
        let mut page = Page::new(Tokens::new(source()), Arc::new(rules));
        let mut seen = String::new();
        loop {
            match page.next().unwrap() {
                Event::Open(element) => seen.extend(['+', letter(element)]),
                Event::Close(element) => seen.extend(['-', letter(element)]),
                Event::Text | Event::Verbatim if page.is_hidden(0) => {
                    seen += &page.tokens.text().trim().to_lowercase();
                }
                Event::Text | Event::Verbatim => seen += &page.tokens.text().trim().to_uppercase(),
                Event::End => return seen,
            }
        }
    }

    #[test]
    fn what_nobody_closed_ends_where_a_browser_ends_it() {
        for (html, expected) in [
            (
                "<table><tr><td>a<td>b<tr><td>c</table>d",
                "+T+R+CA-C+CB-C-R+R+CC-C-R-TD",
            ),
            ("<table><td>a</table>", "+T+R+CA-C-R-T"),
            (
                "<table><thead><tr><th>a<tbody><tr><td>b</table>",
                "+T+S+R+CA-C-R-S+S+R+CB-C-R-S-T",
            ),
            (
                "<table><tr><td>a</tr></td>b<td>c</table>",
                "+T+R+CA-C-RB+R+CC-C-R-T",
            ),
            (
                "<table><tr><td><table><tr><td>a</table>b</table>",
                "+T+R+C+T+R+CA-C-R-TB-C-R-T",
            ),
            (
                "<table><tr><td>a</td><table><tr><td>b</table>c</table>",
                "+T+R+CA-C-R-T+T+R+CB-C-R-TC",
            ),
            ("<tr><td>a</td></tr></table>", "A"),
            ("a<br>b</br><p>c</div>", "A+BB+B+BC-B"),
        ] {
            assert_eq!(events(html), expected, "{html}");
        }
    }

    #[test]
    fn what_is_not_shown_is_known_wherever_it_is_said() {
        for (html, expected) in [
            (
                "<table><tr hidden><td>a<tr><td>b</table>",
                "+T+R+Ca-C-R+R+CB-C-R-T",
            ),
            (
                "<table><tbody style='display:none'><tr><td>a<tbody><tr><td>b</table>",
                "+T+S+R+Ca-C-R-S+S+R+CB-C-R-S-T",
            ),
            (
                "<div hidden><div>a</div><table><tr><td>b</table>c</div>d",
                "+B+Ba-B+T+R+Cb-C-R-Tc-BD",
            ),
            ("<span style=display:none>a<b>b</span>c", "abC"),
            ("<span style=display:none/>a", "A"),
            (
                "<table><tr><td>A<span hidden>b</td><td>c</div></table>",
                "+T+R+CAb-C+CC-B-C-R-T",
            ),
            ("<p hidden>a<p>b", "+Ba+BB"),
            ("<p hidden>a<table><tr><td>b</table>", "+Ba+T+R+CB-C-R-T"),
            ("<li hidden>a<li>b", "+Ba+BB"),
            ("<img hidden>a<input style='display:none'>b", "AB"),
            ("<style>.x{display:none}</style><b class='y X'>a</b>b", "aB"),
            (
                "<b class=x>a</b>b<style>.x{visibility:hidden}</style>",
                "aB",
            ),
            (
                "<style>div.a .x{display:none}</style><b class=x>a</b><div class=a><b class=x>b",
                "A+Bb",
            ),
            (
                "<style>.a td{display:none}</style><table><tr class=a><td>a<tr><td>b</table>",
                "+T+R+Ca-C-R+R+CB-C-R-T",
            ),
            (
                "<style>comment{display:none}</style>a<comment>b</comment>c",
                "AbC",
            ),
        ] {
            assert_eq!(events(html), expected, "{html}");
        }
    }

    #[test]
    fn elements_without_end_take_no_memory_without_end() {
        let page = format!("<div hidden>{}", "<b>".repeat(DEEPEST + 1));
        let mut page = Page::new(Tokens::new(Box::new(Cursor::new(page))), Arc::default());
        let error = std::iter::from_fn(|| Some(page.next()))
            .find(Result::is_err)
            .unwrap();
        assert!(matches!(error, Err(TokenError::TooLong)));
    }
}
