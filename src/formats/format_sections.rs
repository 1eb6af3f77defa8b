//! Reads the code of a number format into sections and pieces (source: ECMA-376 part 1, §18.8.31). What cannot be
//! applied with certainty (decimals, percent, fractions, exponents, scaling, unknown codes) makes its section unclear.

/// The most bytes of a code that is read; Excel allows 255 characters. A longer code is unclear.
const LONGEST: usize = 1024;

/// What zeros mean directly after another digit that is not quoted: `+380(00)000-00-00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    /// The places of digits.
    AreDigits,
    /// They are written like the digit before them.
    EndARun,
}

/// A section of a format, between semicolons.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Section {
    pub(super) condition: Option<Condition>,
    pub(super) pieces: Vec<Piece>,
    /// Whether it cannot be applied with certainty.
    pub(super) is_unclear: bool,
    /// Whether it separates thousands.
    is_grouped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A letter that is shown as it is.
    Literal(char),
    /// The place of a digit, and what is shown if there is none.
    Digit(Option<char>),
    /// The number as the format `General` shows it.
    General,
    /// The text of a text cell.
    Text,
}

/// For which numbers a section is used: `[<=9999999]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Condition {
    comparison: Comparison,
    with: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

impl Condition {
    fn parse(code: &str) -> Option<Self> {
        let comparisons = [
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<>", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
            ("=", Comparison::Equal),
        ];
        let (comparison, with) = comparisons
            .into_iter()
            .find_map(|(sign, comparison)| Some((comparison, code.strip_prefix(sign)?)))?;
        let with = with.trim().parse().ok()?;
        Some(Self { comparison, with })
    }

    #[expect(
        clippy::float_cmp,
        reason = "a spreadsheet compares the numbers themselves"
    )]
    pub(super) fn holds(self, value: f64) -> bool {
        match self.comparison {
            Comparison::Less => value < self.with,
            Comparison::LessOrEqual => value <= self.with,
            Comparison::Equal => value == self.with,
            Comparison::NotEqual => value != self.with,
            Comparison::GreaterOrEqual => value >= self.with,
            Comparison::Greater => value > self.with,
        }
    }
}

impl Section {
    pub(super) fn has_text(&self) -> bool {
        self.pieces.contains(&Piece::Text)
    }

    /// Whether it writes a digit or a plus of its own.
    pub(super) fn adds(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Literal(letter) => is_of_number(*letter),
            Piece::Digit(_) | Piece::General | Piece::Text => false,
        })
    }

    /// Returns how many digits have a place.
    pub(super) fn places(&self) -> usize {
        let is_place = |piece: &&Piece| matches!(piece, Piece::Digit(_));
        self.pieces.iter().filter(is_place).count()
    }

    /// Whether it shows zeros before a number of so many digits.
    pub(super) fn has_zeros_before(&self, digits: usize) -> bool {
        let places = self
            .pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Digit(_)));
        let mut empty = places.take(self.places().saturating_sub(digits));
        empty.any(|place| *place == Piece::Digit(Some('0')))
    }

    fn write(&mut self, text: &str) {
        self.pieces.extend(text.chars().map(Piece::Literal));
    }

    fn is_after_place(&self) -> bool {
        matches!(self.pieces.last(), Some(Piece::Digit(_)))
    }

    /// Reads what is in brackets: a condition, a colour, or a currency, which is written.
    fn bracket(&mut self, code: &str) {
        if let Some(currency) = code.strip_prefix('$') {
            let is_locale = |text: &str| text.chars().all(|char| char.is_ascii_hexdigit());
            match currency.rsplit_once('-') {
                Some((sign, locale)) if is_locale(locale) => self.write(sign),
                Some(_) | None => self.write(currency),
            }
        } else if code.starts_with(['<', '>', '=']) {
            self.condition = Condition::parse(code);
            self.is_unclear |= self.condition.is_none();
        } else {
            self.is_unclear |= !is_colour(code);
        }
    }

    /// Reads a comma: between places it separates thousands, after the last one it divides by a thousand.
    fn comma(&mut self, rest: &str) {
        let is_before_place = rest.starts_with(['0', '#', '?']);
        if self.is_after_place() && is_before_place {
            self.is_grouped = true;
        } else if self.places() > 0 || is_before_place {
            self.is_unclear = true;
        } else {
            self.write(",");
        }
    }

    /// Thousands are left together, because the marks between them are not digits. But other marks between the digits
    /// would not be where the spreadsheet shows them.
    fn end(&mut self) {
        let is_place = |piece: &Piece| matches!(piece, Piece::Digit(_));
        let first = self.pieces.iter().position(is_place);
        let last = self.pieces.iter().rposition(is_place);
        let (Some(first), Some(last)) = (first, last) else {
            return;
        };
        self.is_unclear |= self.is_grouped && !self.pieces[first..=last].iter().all(is_place);
        self.is_unclear |= self.pieces.contains(&Piece::General);
    }
}

/// Reads the sections of a code.
pub(super) fn sections(code: &str, zeros: Zeros) -> Vec<Section> {
    if code.len() > LONGEST {
        let pieces = code.chars().map(Piece::Literal).take(LONGEST).collect();
        return vec![Section {
            pieces,
            is_unclear: true,
            ..Section::default()
        }];
    }
    let (mut rest, mut all, mut section) = (code, Vec::new(), Section::default());
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        if letter == ';' {
            section.end();
            all.push(std::mem::take(&mut section));
        } else {
            rest = read_piece(letter, rest, zeros, &mut section);
        }
    }
    section.end();
    all.push(section);
    all
}

/// Reads the piece that begins with a letter; returns what follows it.
fn read_piece<'a>(letter: char, rest: &'a str, zeros: Zeros, section: &mut Section) -> &'a str {
    match letter {
        '"' => return quoted(rest, '"', section, Section::write),
        '[' => return quoted(rest, ']', section, Section::bracket),
        '\\' => {
            let (next, rest) = split_letter(rest);
            section.write(next);
            return rest;
        }
        '_' => {
            section.write(" ");
            return split_letter(rest).1;
        }
        '*' => {
            let (filler, rest) = split_letter(rest);
            section.is_unclear |= filler.contains(is_of_number);
            return rest;
        }
        '0' => section.pieces.push(Piece::Digit(Some('0'))),
        '#' => section.pieces.push(Piece::Digit(None)),
        '?' => section.pieces.push(Piece::Digit(Some(' '))),
        '@' => section.pieces.push(Piece::Text),
        ',' => section.comma(rest),
        // The digits after it are those of a denominator.
        '/' if section.is_after_place() => {
            section.is_unclear = true;
            return rest.trim_start_matches(|char: char| char.is_ascii_digit());
        }
        '1'..='9' => return run_of_digits(letter, rest, zeros, section),
        '.' | '/' | '%' | '!' => section.is_unclear = true,
        'E' | 'e' if section.is_after_place() => {
            section.is_unclear = true;
            return rest.trim_start_matches(['+', '-']);
        }
        letter if letter.is_ascii_alphabetic() => return word(letter, rest, section),
        letter => section.pieces.push(Piece::Literal(letter)),
    }
    rest
}

fn quoted<'a>(
    rest: &'a str,
    end: char,
    section: &mut Section,
    read: impl Fn(&mut Section, &str),
) -> &'a str {
    let (inside, rest) = rest.split_once(end).unwrap_or_else(|| {
        section.is_unclear = true;
        (rest, "")
    });
    read(section, inside);
    rest
}

fn split_letter(text: &str) -> (&str, &str) {
    text.split_at(text.chars().next().map_or(0, char::len_utf8))
}

fn run_of_digits<'a>(first: char, rest: &'a str, zeros: Zeros, section: &mut Section) -> &'a str {
    section.pieces.push(Piece::Literal(first));
    match zeros {
        Zeros::AreDigits => rest,
        Zeros::EndARun => {
            let after = rest.trim_start_matches(|char: char| char.is_ascii_digit());
            section.write(&rest[..rest.len() - after.len()]);
            after
        }
    }
}

/// Reads `General`, or a letter that may be a code: of a date, or of a language.
fn word<'a>(first: char, rest: &'a str, section: &mut Section) -> &'a str {
    let tail = rest.get(.."eneral".len());
    if first.eq_ignore_ascii_case(&'G')
        && tail.is_some_and(|tail| tail.eq_ignore_ascii_case("eneral"))
    {
        section.is_unclear |= section.pieces.contains(&Piece::General);
        section.pieces.push(Piece::General);
        return &rest["eneral".len()..];
    }
    section.is_unclear = true;
    section.pieces.push(Piece::Literal(first));
    rest
}

/// Whether a letter is a digit in any script, or a plus. The small digits of `m²` are not.
fn is_of_number(letter: char) -> bool {
    let is_digit = letter.is_numeric() && !matches!(letter, '¹' | '²' | '³');
    is_digit || matches!(letter, '+' | '＋' | '﹢')
}

/// Whether what is in brackets is a colour (source: ECMA-376 part 1, §18.8.31).
fn is_colour(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    let number = code.strip_prefix("color").map(str::trim);
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        || matches!(
            code.as_str(),
            "black" | "blue" | "cyan" | "green" | "magenta" | "red" | "white" | "yellow"
        )
}
