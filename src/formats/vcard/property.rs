//! One line of a card, parsed only as far as charset and transfer encoding need it: `group.NAME;PARAM=value;BARE:value`
//! (source: vCard 2.1, RFC 2426, RFC 6350 §3.3).

/// A line of a card; its parts are unchanged.
pub(super) struct Property<'a> {
    /// Group, name and parameters.
    head: &'a [u8],
    /// The name without its group.
    name: &'a [u8],
    /// `None` if the line has no colon.
    pub(super) value: Option<&'a [u8]>,
}

impl<'a> Property<'a> {
    pub(super) fn parse(line: &'a [u8]) -> Self {
        let colon = colon(line);
        let head = &line[..colon.unwrap_or(line.len())];
        let full = before_parameters(head);
        let name = full
            .iter()
            .rposition(|byte| *byte == b'.')
            .map_or(full, |dot| &full[dot + 1..])
            .trim_ascii();
        Self {
            head,
            name,
            value: colon.map(|at| &line[at + 1..]),
        }
    }

    /// Returns group and name.
    pub(super) fn full_name(&self) -> &'a [u8] {
        before_parameters(self.head)
    }

    pub(super) const fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Returns the parameters as written, such as `TYPE=CELL` or a bare `CELL`.
    pub(super) fn params(&self) -> impl Iterator<Item = &'a [u8]> {
        self.head.split(|byte| *byte == b';').skip(1)
    }

    /// Whether the line has `ENCODING=QUOTED-PRINTABLE`, which vCard 2.1 also writes without the name.
    pub(super) fn is_quoted_printable(&self) -> bool {
        self.params().any(is_quoted_printable)
    }

    /// Whether the line has `ENCODING=B` of vCard 3.0, or `ENCODING=BASE64` or a bare `BASE64` of 2.1.
    pub(super) fn is_base64(&self) -> bool {
        self.params().any(is_base64)
    }

    /// Returns the value of a parameter, without quotation marks.
    pub(super) fn param(&self, name: &str) -> Option<&'a [u8]> {
        self.params().find_map(|param| value_of(param, name))
    }

    /// Returns the charset that the line names, if any.
    pub(super) fn charset(&self) -> Option<&'a [u8]> {
        self.params().find_map(charset)
    }
}

fn before_parameters(head: &[u8]) -> &[u8] {
    head.iter()
        .position(|byte| *byte == b';')
        .map_or(head, |end| &head[..end])
}

pub(super) fn is_quoted_printable(param: &[u8]) -> bool {
    is(
        value_of(param, "ENCODING").unwrap_or(param),
        "QUOTED-PRINTABLE",
    )
}

pub(super) fn is_base64(param: &[u8]) -> bool {
    let named = value_of(param, "ENCODING");
    is(named.unwrap_or(param), "BASE64") || named.is_some_and(|encoding| is(encoding, "B"))
}

/// Whether the line is `AGENT:` with nothing after it: then the card of another person follows.
pub(super) fn announces_agent(property: &Property) -> bool {
    property.is_named("AGENT")
        && property
            .value
            .is_some_and(|value| value.trim_ascii().is_empty())
}

pub(super) fn charset(param: &[u8]) -> Option<&[u8]> {
    value_of(param, "CHARSET")
}

fn value_of<'a>(param: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let at = param.iter().position(|byte| *byte == b'=')?;
    let value = param[at + 1..].trim_ascii();
    let value = value
        .strip_prefix(b"\"")
        .and_then(|value| value.strip_suffix(b"\""))
        .unwrap_or(value);
    is(&param[..at], name).then_some(value)
}

fn is(text: &[u8], name: &str) -> bool {
    text.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
}

/// Returns the position of the colon before the value: the first one outside quotation marks or, if the marks do not
/// match, the first one of all.
fn colon(line: &[u8]) -> Option<usize> {
    let mut quoted = false;
    for (at, byte) in line.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b':' if !quoted => return Some(at),
            _ => {}
        }
    }
    line.iter().position(|byte| *byte == b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_comes_apart_at_its_own_colon() {
        let line = b"item1.Note;X=\"a:b\";charset=\"Windows-1251\";quoted-printable:c:d";
        let property = Property::parse(line);
        assert!(property.is_named("NOTE"));
        assert_eq!(property.value, Some(&b"c:d"[..]));
        assert_eq!(property.charset(), Some(&b"Windows-1251"[..]));
        assert!(property.is_quoted_printable());
        assert_eq!(Property::parse(b"TEL;X=\"a:b").value, Some(&b"b"[..]));
        assert_eq!(Property::parse(b"TEL;waid=1").value, None);
        assert!(!Property::parse(b"TEL;ENCODING=8BIT:1").is_quoted_printable());
    }
}
