//! Describes errors of the command line in Russian. In English clap describes them.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::{
    cli::args::{ValueError, russian},
    engine::MaxFailuresError,
    i18n::{Language, count},
    rate_limit::RateError,
    send_policy::{DaysError, ZoneError},
};

/// Returns the whole text: what is wrong, similar words, and how the command is typed.
pub(super) fn text(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return russian::without_english(&error.render().to_string());
    }
    let mut parts = vec![format!("sendcontact: {}", what_is_wrong(error))];
    let similar = [
        (ContextKind::SuggestedSubcommand, "похожая команда"),
        (ContextKind::SuggestedArg, "похожий параметр"),
        (ContextKind::SuggestedValue, "похожее значение"),
    ];
    for (kind, what) in similar {
        let words = strings(error, kind);
        if !words.is_empty() {
            parts.push(format!("  Подсказка: {what} — {}", words.join(", ")));
        }
    }
    if let Some(ContextValue::StyledStrs(tips)) = error.get(ContextKind::Suggested) {
        let tips = tips.iter().filter_map(|tip| self::tip(&tip.to_string()));
        parts.extend(tips.map(|tip| format!("  Подсказка: {tip}")));
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        parts.push(russian::usage(&usage.to_string()));
    }
    parts.push("Подробнее: --help\n".to_owned());
    parts.join("\n\n")
}

fn what_is_wrong(error: &clap::Error) -> String {
    let argument = first(error, ContextKind::InvalidArg);
    let value = first(error, ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::UnknownArgument if argument.starts_with('-') => {
            format!("нет параметра {argument}")
        }
        ErrorKind::UnknownArgument => format!("лишнее слово «{argument}»"),
        ErrorKind::InvalidSubcommand => {
            format!(
                "нет команды «{}»",
                first(error, ContextKind::InvalidSubcommand)
            )
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("не указано значение: {argument}{}", possible(error))
        }
        ErrorKind::InvalidValue => {
            format!(
                "значение «{value}» не подходит для {argument}{}",
                possible(error)
            )
        }
        ErrorKind::ValueValidation => {
            format!(
                "значение «{value}» не подходит для {argument}: {}",
                reason(error)
            )
        }
        ErrorKind::ArgumentConflict => conflict(error, &argument),
        ErrorKind::MissingRequiredArgument => format!(
            "не указано обязательное: {}",
            strings(error, ContextKind::InvalidArg).join(", ")
        ),
        ErrorKind::MissingSubcommand => format!(
            "не указано, какая команда: {}",
            strings(error, ContextKind::ValidSubcommand).join(", ")
        ),
        ErrorKind::TooManyValues => format!("лишнее значение «{value}»: {argument}"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => wrong_number(error, &argument),
        ErrorKind::NoEquals => format!("перед значением нужен знак =: {argument}"),
        ErrorKind::InvalidUtf8 => "в параметре есть знаки не в кодировке UTF-8".to_owned(),
        // Help and version are not errors; clap may add kinds.
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion
        | ErrorKind::Io
        | ErrorKind::Format
        | _ => "команду не удалось прочитать".to_owned(),
    }
}

fn conflict(error: &clap::Error, argument: &str) -> String {
    let others = strings(error, ContextKind::PriorArg);
    if others == [argument] {
        return format!("параметр указан несколько раз: {argument}");
    }
    format!("вместе с {} нельзя указывать {argument}", others.join(", "))
}

fn wrong_number(error: &clap::Error, argument: &str) -> String {
    let number = |kind| match error.get(kind) {
        Some(ContextValue::Number(number)) => u64::try_from(*number).ok(),
        _ => None,
    };
    let wanted = number(ContextKind::MinValues).or_else(|| number(ContextKind::ExpectedNumValues));
    let wanted = wanted.unwrap_or(1);
    format!(
        "нужно {}: {argument}",
        count::ru(wanted, "значение", "значения", "значений")
    )
}

/// Returns why a value is not accepted, in the words of the parser of that value.
fn reason(error: &clap::Error) -> String {
    let Some(source) = error.source() else {
        return String::new();
    };
    let ours = source
        .downcast_ref::<ValueError>()
        .map(|error| error.localized(Language::Ru))
        .or_else(|| localized(source.downcast_ref(), DaysError::localized))
        .or_else(|| localized(source.downcast_ref(), ZoneError::localized))
        .or_else(|| localized(source.downcast_ref(), MaxFailuresError::localized));
    if source.is::<RateError>() {
        return "нужно число сообщений в секунду, больше 0 и до 100000, например 50 или 0,2"
            .to_owned();
    }
    ours.unwrap_or_else(|| of_number(&source.to_string()))
}

fn localized<T>(error: Option<&T>, localize: fn(&T, Language) -> String) -> Option<String> {
    error.map(|error| localize(error, Language::Ru))
}

/// Translates what clap and the standard library say about numbers.
fn of_number(english: &str) -> String {
    let range = english.split_once(" is not in ").map(|(_, range)| range);
    let bounds = range.map(|range| range.split_once("..").unwrap_or((range, "")));
    match bounds {
        Some((from, to)) if to.is_empty() || to.ends_with(&u64::MAX.to_string()) => {
            format!("нужно число не меньше {from}")
        }
        Some((from, to)) => format!("нужно число от {from} до {}", to.trim_start_matches('=')),
        None if english.contains("too large") => "число слишком большое".to_owned(),
        None if english.contains("digit") || english.contains("integer") => {
            "нужно целое число".to_owned()
        }
        None => english.to_owned(),
    }
}

/// Translates a tip of clap or of ours. The tip about values that look like an option is left out.
fn tip(text: &str) -> Option<String> {
    let quoted: Vec<&str> = text.split('\'').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [_, _] if text.starts_with("to pass") => None,
        [command, dashes] if text.starts_with("subcommand") => Some(format!(
            "есть команда {command}; чтобы её вызвать, уберите {dashes} перед ней"
        )),
        [typed] if text.ends_with("exists") => Some(format!("есть {typed}")),
        _ => Some(text.to_owned()),
    }
}

fn possible(error: &clap::Error) -> String {
    let words = strings(error, ContextKind::ValidValue);
    if words.is_empty() {
        return String::new();
    }
    format!("\n  [возможные значения: {}]", words.join(", "))
}

fn first(error: &clap::Error, kind: ContextKind) -> String {
    strings(error, kind).into_iter().next().unwrap_or_default()
}

fn strings(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
