//! Lists of headings, sheets and the like, each in the quotation marks of the language.

/// `"a", "b"`.
pub(super) fn en(items: &[String], between: &str) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("\"{item}\"")).collect();
    quoted.join(between)
}

/// `«a», «b»`.
pub(super) fn ru(items: &[String], between: &str) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("«{item}»")).collect();
    quoted.join(between)
}
