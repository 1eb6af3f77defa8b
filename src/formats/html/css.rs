//! Determines what the styles of a page hide, and which text they raise, lower or strike out. It understands the
//! properties `display` and `visibility` (and `mso-hide` of Word), `text-decoration` and `vertical-align`, in the attribute `style` and in rules whose selectors consist of names, classes and ids, such as
//! `tr.hidden`, `#old td` or `.a > .b`. A selector with anything else, such as `:hover`, is ignored: only a browser
//! knows whether it applies.

use std::collections::HashMap;

/// How many rules are kept at most, which is more than any page of tables has.
const MOST_RULES: usize = 10_000;

/// Whether a browser shows an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Visibility {
    #[default]
    Yes,
    /// It keeps its place, but its text is invisible (`visibility`).
    WithoutText,
    /// It is not rendered at all (`display:none`, `hidden`).
    No,
}

/// What declarations say, if anything: whether something is hidden, struck out or raised, and whether that is
/// `!important`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Declared {
    display: Option<Setting>,
    visibility: Option<Setting>,
    /// Whether `text-decoration` strikes the text out.
    decoration: Option<Setting>,
    /// Whether `vertical-align` raises or lowers the text.
    position: Option<Setting>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Setting {
    applies: bool,
    is_important: bool,
}

/// What selectors look at in a tag, in lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) classes: Vec<String>,
}

/// The rules of a page. Rules that hide nothing are kept too, because a later rule may show what an earlier one hides.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// The rules by the id, the class or the name that the last part of their selector requires.
    by_key: HashMap<String, Vec<Rule>>,
    count: usize,
    /// Whether a rule hides something, or raises, lowers or strikes it out.
    matter: bool,
    has_ancestors: bool,
}

#[derive(Debug)]
struct Rule {
    /// The parts of the selector; the last one is for the element itself.
    parts: Vec<Part>,
    declared: Declared,
    /// Which of two rules wins: the one with the more specific selector, then the later one.
    weight: (usize, usize, usize, usize),
}

/// One part of a selector; all of it must match one element.
#[derive(Debug, Default)]
struct Part {
    name: Option<String>,
    ids: Vec<String>,
    classes: Vec<String>,
}

impl Declared {
    /// Reads the declarations of a `style` attribute or of a rule.
    pub(super) fn read(style: &str) -> Self {
        let mut declared = Self::default();
        for one in style.split(';') {
            let Some((name, value)) = one.split_once(':') else {
                continue;
            };
            let value = value.to_ascii_lowercase();
            let (value, is_important) = match value.split_once('!') {
                Some((value, mark)) => (value.trim(), mark.trim() == "important"),
                None => (value.trim(), false),
            };
            let (place, applies) = match name.trim().to_ascii_lowercase().as_str() {
                "display" => (&mut declared.display, value == "none"),
                "visibility" => (
                    &mut declared.visibility,
                    matches!(value, "hidden" | "collapse"),
                ),
                "mso-hide" if value == "all" => (&mut declared.display, true),
                "text-decoration" | "text-decoration-line" => {
                    (&mut declared.decoration, value.contains("line-through"))
                }
                "vertical-align" => (&mut declared.position, matches!(value, "super" | "sub")),
                _ => continue,
            };
            if place.is_none_or(|other| is_important || !other.is_important) {
                *place = Some(Setting {
                    applies,
                    is_important,
                });
            }
        }
        declared
    }

    const fn is_empty(self) -> bool {
        self.display.is_none()
            && self.visibility.is_none()
            && self.decoration.is_none()
            && self.position.is_none()
    }

    /// Whether the text is raised, lowered or struck out.
    pub(super) fn sets_apart(self) -> bool {
        let applies = |setting: Option<Setting>| setting.is_some_and(|setting| setting.applies);
        applies(self.decoration) || applies(self.position)
    }

    fn hides(self) -> bool {
        let hides = |setting: Option<Setting>| setting.is_some_and(|setting| setting.applies);
        hides(self.display) || hides(self.visibility)
    }

    /// Combines these declarations with others of less weight.
    fn over(self, below: Self) -> Self {
        let stronger = |above: Option<Setting>, below: Option<Setting>| match (above, below) {
            (Some(above), Some(below)) if below.is_important && !above.is_important => Some(below),
            (Some(above), _) => Some(above),
            (None, below) => below,
        };
        Self {
            display: stronger(self.display, below.display),
            visibility: stronger(self.visibility, below.visibility),
            decoration: stronger(self.decoration, below.decoration),
            position: stronger(self.position, below.position),
        }
    }

    /// Returns the resulting visibility of an element; `is_hidden` applies if the declarations do not set `display`.
    pub(super) fn shown(self, is_hidden: bool) -> Visibility {
        let hides = |setting: Option<Setting>, otherwise| {
            setting.map_or(otherwise, |setting| setting.applies)
        };
        if hides(self.display, is_hidden) {
            Visibility::No
        } else if hides(self.visibility, false) {
            Visibility::WithoutText
        } else {
            Visibility::Yes
        }
    }
}

impl Rules {
    /// Adds the rules of one style sheet.
    pub(super) fn add(&mut self, sheet: &str) {
        self.add_rules(&without_comments(sheet), true);
    }

    /// Whether any element can be hidden, raised, lowered or struck out by these rules.
    pub(super) const fn matter(&self) -> bool {
        self.matter
    }

    /// Whether a selector looks at the elements around the one that it hides.
    pub(super) const fn has_ancestors(&self) -> bool {
        self.matter && self.has_ancestors
    }

    /// Returns what the rules and the element's own `style` declare for an element inside the elements `around`, the
    /// outermost first.
    pub(super) fn declared(&self, tag: &Tag, own: Declared, around: &[&Tag]) -> Declared {
        let keys = [tag.name.clone(), "*".to_owned(), format!("#{}", tag.id)];
        let keys = keys
            .into_iter()
            .chain(tag.classes.iter().map(|class| format!(".{class}")));
        let rules = keys.filter_map(|key| self.by_key.get(&key)).flatten();
        let mut fitting: Vec<&Rule> = rules.filter(|rule| rule.fits(tag, around)).collect();
        fitting.sort_by_key(|rule| rule.weight);
        let declared_by_rules = fitting
            .iter()
            .fold(Declared::default(), |below, rule| rule.declared.over(below));
        own.over(declared_by_rules)
    }

    fn add_rules(&mut self, sheet: &str, is_outermost: bool) {
        let mut rest = sheet;
        while let Some((before, after)) = rest.split_once('{') {
            let length = block_length(after);
            let block = &after[..length];
            rest = after.get(length + 1..).unwrap_or_default();
            let selectors = before
                .rsplit_once([';', '}'])
                .map_or(before, |(_, selectors)| selectors)
                .trim();
            if let Some(condition) = selectors.strip_prefix("@media") {
                if is_outermost && is_for_screens(condition) {
                    self.add_rules(block, false);
                }
            } else if !selectors.starts_with('@') {
                self.add_rule(selectors, block);
            }
        }
    }

    fn add_rule(&mut self, selectors: &str, block: &str) {
        let declared = Declared::read(block);
        if declared.is_empty() {
            return;
        }
        for selector in selectors.split(',') {
            let Some(parts) = parts(&selector.to_lowercase()) else {
                continue;
            };
            let Some(last) = parts.last() else { continue };
            if self.count >= MOST_RULES {
                return;
            }
            self.count += 1;
            self.matter |= declared.hides() || declared.sets_apart();
            self.has_ancestors |= parts.len() > 1;
            let sum = |count: fn(&Part) -> usize| parts.iter().map(count).sum::<usize>();
            let weight = (
                sum(|part| part.ids.len()),
                sum(|part| part.classes.len()),
                sum(|part| usize::from(part.name.is_some())),
                self.count,
            );
            self.by_key.entry(last.key()).or_default().push(Rule {
                parts,
                declared,
                weight,
            });
        }
    }
}

impl Rule {
    fn fits(&self, tag: &Tag, around: &[&Tag]) -> bool {
        let Some((last, outer)) = self.parts.split_last() else {
            return false;
        };
        let mut outer = outer.iter().rev().peekable();
        if !last.fits(tag) {
            return false;
        }
        for tag in around.iter().rev() {
            if outer.peek().is_some_and(|part| part.fits(tag)) {
                outer.next();
            }
        }
        outer.peek().is_none()
    }
}

impl Part {
    fn key(&self) -> String {
        match (self.ids.first(), self.classes.first(), &self.name) {
            (Some(id), _, _) => format!("#{id}"),
            (None, Some(class), _) => format!(".{class}"),
            (None, None, Some(name)) => name.clone(),
            (None, None, None) => "*".to_owned(),
        }
    }

    fn fits(&self, tag: &Tag) -> bool {
        self.name.as_ref().is_none_or(|name| *name == tag.name)
            && self.ids.iter().all(|id| *id == tag.id)
            && self.classes.iter().all(|class| tag.classes.contains(class))
    }
}

/// Returns the parts of a selector; `None` if it has anything that is not understood.
fn parts(selector: &str) -> Option<Vec<Part>> {
    if selector.contains([':', '[', '+', '~', '@', '\\', '(']) {
        return None;
    }
    let words = selector.split(|letter: char| letter.is_whitespace() || letter == '>');
    let parts = words.filter(|word| !word.is_empty()).map(part);
    Some(parts.collect::<Vec<_>>()).filter(|parts| !parts.is_empty())
}

fn part(word: &str) -> Part {
    let mut part = Part::default();
    let mut rest = word;
    while !rest.is_empty() {
        let mut behind_first = rest.char_indices().skip(1);
        let end = behind_first
            .find(|(_, letter)| matches!(letter, '.' | '#'))
            .map_or(rest.len(), |(at, _)| at);
        let (one, after) = rest.split_at(end);
        match (one.strip_prefix('.'), one.strip_prefix('#')) {
            (Some(class), _) => part.classes.push(class.to_owned()),
            (None, Some(id)) => part.ids.push(id.to_owned()),
            (None, None) if one != "*" => part.name = Some(one.to_owned()),
            (None, None) => {}
        }
        rest = after;
    }
    part
}

/// Returns the length of the block that has just begun; it may contain blocks.
fn block_length(text: &str) -> usize {
    let mut depth = 1;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// Whether rules under this condition apply to a screen of any size.
pub(super) fn is_for_screens(condition: &str) -> bool {
    let condition = condition.trim().to_ascii_lowercase();
    let counts = |one: &str| {
        matches!(
            one.trim(),
            "" | "all" | "screen" | "only screen" | "only all"
        )
    };
    condition.split(',').any(counts)
}

/// Removes `/* … */`, and the marks that hid style sheets from the oldest browsers.
fn without_comments(sheet: &str) -> String {
    let mut text = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some((before, after)) = rest.split_once("/*") {
        text.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.replace("<!--", " ").replace("-->", " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Tag {
        let part = part(text);
        Tag {
            name: part.name.unwrap_or_default(),
            id: part.ids.first().cloned().unwrap_or_default(),
            classes: part.classes,
        }
    }

    #[test]
    fn declarations_are_read_however_they_are_written() {
        for (style, expected) in [
            ("display:none", Visibility::No),
            ("color:red; DISPLAY : None !important;", Visibility::No),
            ("display:none;display:table-row", Visibility::Yes),
            ("display:none!important;display:table-row", Visibility::No),
            ("mso-hide:all", Visibility::No),
            ("visibility:hidden", Visibility::WithoutText),
            ("visibility: collapse", Visibility::WithoutText),
            ("visibility:hidden;display:none", Visibility::No),
            ("visibility:visible", Visibility::Yes),
            (
                "mso-number-format:\"\\@\"; background:none",
                Visibility::Yes,
            ),
            ("", Visibility::Yes),
        ] {
            assert_eq!(Declared::read(style).shown(false), expected, "{style}");
        }
        assert_eq!(
            Declared::read("display:table-row").shown(true),
            Visibility::Yes
        );
        assert_eq!(Declared::read("color:red").shown(true), Visibility::No);
    }

    #[test]
    fn text_that_is_raised_lowered_or_struck_out_is_known() {
        for (style, expected) in [
            ("text-decoration: underline line-through", true),
            ("TEXT-DECORATION-LINE:line-through", true),
            ("vertical-align:super", true),
            ("vertical-align: sub; color:red", true),
            ("vertical-align:middle; text-decoration:underline", false),
            ("text-decoration:line-through; text-decoration:none", false),
            ("", false),
        ] {
            assert_eq!(Declared::read(style).sets_apart(), expected, "{style}");
        }
    }

    #[test]
    fn rules_hide_what_their_selectors_fit() {
        let table: &[(&str, &str, &[&str], Visibility)] = &[
            (".x{display:none}", "tr.x", &[], Visibility::No),
            (".x{display:none}", "tr.y", &[], Visibility::Yes),
            (
                "глеб.скрыт{display:none} .скрыт{display:none}",
                "tr.скрыт",
                &[],
                Visibility::No,
            ),
            ("tr.x, #b { display : none }", "td#b", &[], Visibility::No),
            ("tr.x{display:none}", "td.x", &[], Visibility::Yes),
            ("TR.X{display:none}", "tr.x", &[], Visibility::No),
            (
                "/* .y{} */ <!-- .x.y{visibility:hidden} -->",
                "tr.x.y",
                &[],
                Visibility::WithoutText,
            ),
            ("comment { display:none; }", "comment", &[], Visibility::No),
            (
                "table.t tr.x{display:none}",
                "tr.x",
                &["body", "table.t", "tbody"],
                Visibility::No,
            ),
            (
                "table.t tr.x{display:none}",
                "tr.x",
                &["table.u"],
                Visibility::Yes,
            ),
            (
                "div>table>.x{display:none}",
                "tr.x",
                &["table", "div"],
                Visibility::Yes,
            ),
            (
                "div>table>.x{display:none}",
                "tr.x",
                &["div", "table"],
                Visibility::No,
            ),
            (
                ".x{display:none} .x{display:table-row}",
                "tr.x",
                &[],
                Visibility::Yes,
            ),
            (
                "tr.x{display:none} .x{display:table-row}",
                "tr.x",
                &[],
                Visibility::No,
            ),
            (
                "#a{display:table-row} .x{display:none!important}",
                "tr#a.x",
                &[],
                Visibility::No,
            ),
            (
                "@media print{.x{display:none}}",
                "tr.x",
                &[],
                Visibility::Yes,
            ),
            (
                "@media (max-width:600px){.x{display:none}} .y{display:none}",
                "tr.x",
                &[],
                Visibility::Yes,
            ),
            (
                "@media screen { .x{display:none} }",
                "tr.x",
                &[],
                Visibility::No,
            ),
            (
                "@import url(a.css); .x{display:none}",
                "tr.x",
                &[],
                Visibility::No,
            ),
            (
                "@page{size:a4} .x{display:none}",
                "tr.x",
                &[],
                Visibility::No,
            ),
            (
                ".x:hover{display:none} tr[a]{display:none} a+.x{display:none}",
                "tr.x",
                &[],
                Visibility::Yes,
            ),
            (".x{color:red} .y{", "tr.x", &[], Visibility::Yes),
        ];
        for (sheet, element, around, expected) in table {
            let mut rules = Rules::default();
            rules.add(sheet);
            let around: Vec<Tag> = around.iter().map(|text| tag(text)).collect();
            let around: Vec<&Tag> = around.iter().collect();
            let declared = rules.declared(&tag(element), Declared::default(), &around);
            assert_eq!(declared.shown(false), *expected, "{sheet}");
        }
        let mut rules = Rules::default();
        rules.add(".x{display:none} .y{display:none!important}");
        let inline = Declared::read("display:table-row");
        assert_eq!(
            rules.declared(&tag("tr.x"), inline, &[]).shown(false),
            Visibility::Yes
        );
        assert_eq!(
            rules.declared(&tag("tr.y"), inline, &[]).shown(false),
            Visibility::No
        );
        assert!(rules.matter() && !rules.has_ancestors());
    }
}
