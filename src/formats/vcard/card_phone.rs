//! The numbers of a vCard: each with its kind, its WhatsApp id and whether the card prefers it.

use calcard::vcard::{
    VCard, VCardEntry, VCardParameter, VCardParameterName, VCardParameterValue, VCardProperty,
    VCardValue,
};
use encoding_rs::{Encoding, UTF_8};

use super::charset;

/// One number of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardPhone {
    /// The number as written, without `tel:`; the extension of a URI follows it as ` ext. 102`. Empty if the card gives
    /// only the WhatsApp id.
    pub value: String,
    /// The WhatsApp id of the number, mostly its digits.
    pub waid: Option<String>,
    /// Whether the card prefers it most (`PREF=1` before `PREF=2`); never a fax or a pager.
    pub preferred: bool,
    /// The kind of line.
    pub kind: PhoneKind,
}

/// The kind of line of a number; only telephones of the person are ever sent. The first one is tried first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhoneKind {
    /// A mobile phone.
    Mobile,
    /// A phone at work.
    Work,
    /// A phone at home.
    Home,
    /// A phone of unknown kind.
    Other,
    /// A fax.
    Fax,
    /// A pager.
    Pager,
    /// A modem, a telex or another line without voice.
    Data,
    /// The number of the assistant or secretary of the person.
    Assistant,
}

impl PhoneKind {
    /// Whether the person of the card may answer at this number.
    #[must_use]
    pub const fn is_telephone(self) -> bool {
        match self {
            Self::Mobile | Self::Work | Self::Home | Self::Other => true,
            Self::Fax | Self::Pager | Self::Data | Self::Assistant => false,
        }
    }
}

pub(super) fn phones(card: &VCard) -> Vec<CardPhone> {
    let entries = card
        .entries
        .iter()
        .filter(|entry| entry.name == VCardProperty::Tel);
    let mut phones: Vec<(CardPhone, Option<u32>)> = entries
        .map(|entry| {
            let value = number(&entry.values.first().map(text).unwrap_or_default());
            let phone = CardPhone {
                value,
                waid: waid(entry),
                preferred: false,
                kind: kind(card, entry),
            };
            (phone, preference(entry))
        })
        .filter(|(phone, _)| !phone.value.is_empty() || phone.waid.is_some())
        .collect();
    let best = phones
        .iter()
        .filter(|(phone, _)| phone.kind.is_telephone())
        .filter_map(|(_, rank)| *rank)
        .min();
    for (phone, rank) in &mut phones {
        phone.preferred = rank.is_some() && *rank == best && phone.kind.is_telephone();
    }
    phones.into_iter().map(|(phone, _)| phone).collect()
}

/// Returns the number of a `tel:` URI (RFC 3966), or the text as it is.
fn number(value: &str) -> String {
    let Some((scheme, uri)) = value.split_at_checked(4) else {
        return value.to_owned();
    };
    if !scheme.eq_ignore_ascii_case("tel:") {
        return value.to_owned();
    }
    let (number, parameters) = uri.split_once(';').unwrap_or((uri, ""));
    let parameter = |wanted: &str| {
        let mut pairs = parameters
            .split(';')
            .filter_map(|part| part.split_once('='));
        pairs
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
    };
    // A local number names the country in which it is local; without that, it would be read as a number of another one.
    let context = parameter("phone-context").filter(|context| context.starts_with('+'));
    let number = match context {
        Some(context) if !number.trim().starts_with('+') => format!("{context}{}", number.trim()),
        Some(_) | None => number.trim().to_owned(),
    };
    let extension = parameter("ext");
    match extension {
        Some(extension) => format!("{number} ext. {extension}"),
        None => number,
    }
}

fn waid(entry: &VCardEntry) -> Option<String> {
    let named = entry
        .params
        .iter()
        .filter(|param| param.name.as_str().eq_ignore_ascii_case("waid"));
    let waid = named
        .filter_map(|param| param.value.as_text())
        .map(str::trim)
        .find(|waid| !waid.is_empty());
    waid.map(str::to_owned)
}

/// Returns how much a number is preferred, 1 being most: `PREF=2` (4.0), `TYPE=PREF` (3.0), a bare `PREF` (2.1).
fn preference(entry: &VCardEntry) -> Option<u32> {
    entry.params.iter().find_map(|param| {
        if param.name == VCardParameterName::Pref {
            return Some(if let VCardParameterValue::Integer(rank) = param.value {
                rank
            } else {
                1
            });
        }
        token(param)
            .split(',')
            .any(|word| word.trim().eq_ignore_ascii_case("pref"))
            .then_some(1)
    })
}

/// Returns the type that a parameter names: `TYPE=CELL`, or a bare token that the parser does not know.
fn token(param: &VCardParameter) -> &str {
    if param.name == VCardParameterName::Type {
        return param.value.as_text().unwrap_or_default();
    }
    if param.value == VCardParameterValue::Null {
        param.name.as_str()
    } else {
        ""
    }
}

/// Determines the kind of a number from its types, its labels (`X-ABLabel` of the same group, as Apple writes it, or a
/// parameter) and the words beside its digits. Words and labels take precedence over types, which programs add to every number.
fn kind(card: &VCard, entry: &VCardEntry) -> PhoneKind {
    let label = label(card, entry);
    let value = entry.values.first().map(text).unwrap_or_default();
    let beside = value.strip_prefix("tel:").unwrap_or(&value);
    let written = kind_of(&format!("{label} {beside}"));
    if !written.is_telephone() {
        return written;
    }
    let types = entry.params.iter().map(token).collect::<Vec<_>>().join(" ");
    kind_of(&format!("{label} {types}"))
}

/// Determines the kind from words. The order matters: a mobile with another kind is a mobile, and a fax with voice is a
/// telephone.
fn kind_of(text: &str) -> PhoneKind {
    if !text.contains(char::is_alphabetic) {
        return PhoneKind::Other;
    }
    let text = text.to_lowercase();
    let words = text
        .split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let words = Words(words.collect());
    if words.begin(&["assistant", "secretar", "ассистент", "помощни", "секретар"])
    {
        return PhoneKind::Assistant;
    }
    let is_mobile = words.hold(&["cell", "mobil", "iphone", "whatsapp", "моб"])
        || words.begin(&["сотов"])
        || words.are(&["pcs", "сот"]);
    if is_mobile {
        PhoneKind::Mobile
    } else if let Some(machine) = words.machine() {
        machine
    } else if words.hold(&["work"]) || words.begin(&["раб"]) {
        PhoneKind::Work
    } else if words.hold(&["home"]) || words.begin(&["дом"]) {
        PhoneKind::Home
    } else {
        PhoneKind::Other
    }
}

/// The words of a label or of types, in lower case.
struct Words<'a>(Vec<&'a str>);

impl Words<'_> {
    /// Returns the kind of machine that the words name, unless they name a telephone too.
    fn machine(&self) -> Option<PhoneKind> {
        const FAX: [&str; 2] = ["fax", "факс"];
        let machine = if self.hold(&FAX) || self.are(&["ф"]) {
            PhoneKind::Fax
        } else if self.hold(&["pager", "пейдж"]) {
            PhoneKind::Pager
        } else if self.begin(&["modem", "модем", "telex", "телекс", "bbs", "isdn"]) {
            PhoneKind::Data
        } else {
            return None;
        };
        let others = self
            .0
            .iter()
            .copied()
            .filter(|word| !FAX.iter().any(|fax| word.contains(fax)));
        let others = Words(others.collect());
        let has_voice = others.begin(&["voice", "phone", "телеф"])
            || others.are(&["video", "text", "car", "т", "тел"]);
        (!has_voice).then_some(machine)
    }

    /// Whether a word contains one of the names.
    fn hold(&self, names: &[&str]) -> bool {
        self.0
            .iter()
            .any(|word| names.iter().any(|name| word.contains(name)))
    }

    /// Whether a word begins with one of the names.
    fn begin(&self, names: &[&str]) -> bool {
        self.0
            .iter()
            .any(|word| names.iter().any(|name| word.starts_with(name)))
    }

    /// Whether a word is one of the names.
    fn are(&self, names: &[&str]) -> bool {
        self.0.iter().any(|word| names.contains(word))
    }
}

/// Returns the labels of a number: those of its group, and those of its own parameters.
fn label(card: &VCard, entry: &VCardEntry) -> String {
    let is_same = |other: &&VCardEntry| match (&entry.group, &other.group) {
        (Some(group), Some(other)) => group.eq_ignore_ascii_case(other),
        (Some(_) | None, _) => false,
    };
    let of_group = card
        .entries
        .iter()
        .filter(is_same)
        .filter(|other| is_label(other.name.as_str()))
        .flat_map(|label| label.values.iter().map(text));
    let labels: Vec<String> = of_group.chain(own_labels(entry)).collect();
    labels.join(" ")
}

/// Whether a property holds a label: `X-ABLabel` of Apple, `X-LABEL`. A bare `LABEL` is that of an address.
fn is_label(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("x-") && name.ends_with("label")
}

/// Returns the labels in the parameters of a number: `LABEL=Fax`, and those of programs, such as
/// `X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=D0=A4…)` of Android.
fn own_labels(entry: &VCardEntry) -> Vec<String> {
    let labels = entry.params.iter().filter(|param| {
        let name = param.name.as_str();
        let begins = name.get(..2);
        param.name == VCardParameterName::Label
            || begins.is_some_and(|begin| begin.eq_ignore_ascii_case("x-"))
    });
    let labels: Vec<_> = labels
        .filter_map(|param| Some((param.name.as_str(), param.value.as_text()?)))
        .collect();
    let charset = labels.iter().find_map(named_charset);
    labels
        .iter()
        .map(|(_, value)| decoded(value, charset))
        .collect()
}

/// Returns the charset that a parameter of a label names, other than UTF-8.
fn named_charset((name, value): &(&str, &str)) -> Option<&'static Encoding> {
    const CHARSET: &str = "CHARSET";
    let is_charset = |word: &str| word.eq_ignore_ascii_case(CHARSET);
    let is_named = name.rsplit('(').next().is_some_and(is_charset);
    let inside = value.split_once('=').filter(|(name, _)| is_charset(name));
    let named = inside
        .map(|(_, label)| label)
        .or_else(|| is_named.then_some(*value));
    charset::legacy(named?.as_bytes())
}

/// Decodes the quoted-printable of a label.
fn decoded(label: &str, charset: Option<&'static Encoding>) -> String {
    let octets = charset::octets(label.as_bytes());
    match String::from_utf8(octets) {
        Ok(text) => text,
        Err(bytes) => {
            let encoding = charset.unwrap_or(UTF_8);
            encoding.decode(bytes.as_bytes()).0.into_owned()
        }
    }
}

/// Returns the text of a value, trimmed; empty if it is not text.
pub(super) fn text(value: &VCardValue) -> String {
    if let VCardValue::Component(names) = value {
        return names.join(" ").trim().to_owned();
    }
    value.as_text().unwrap_or_default().trim().to_owned()
}
