//! Lists of headings, sheets and the like, each in the quotation marks of the language. The word `between` joins the
//! last two; commas join the others.

/// Returns text such as `"a", "b" or "c"`.
pub(crate) fn en(items: &[String], between: &str) -> String {
    joined(
        items.iter().map(|item| format!("\"{item}\"")).collect(),
        between,
    )
}

/// Returns text such as `«a», «b» или «c»`.
pub(crate) fn ru(items: &[String], between: &str) -> String {
    joined(
        items.iter().map(|item| format!("«{item}»")).collect(),
        between,
    )
}

fn joined(mut quoted: Vec<String>, between: &str) -> String {
    let last = quoted.pop().unwrap_or_default();
    if quoted.is_empty() {
        last
    } else {
        quoted.join(", ") + between + &last
    }
}
