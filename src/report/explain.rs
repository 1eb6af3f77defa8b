//! One sentence for each row that tells a campaign manager what happened and what to do.

use super::{commands::FollowUpCommands, style::CellStyle};
use crate::{
    domain::{Delivery, OwnWords, RefusalCause, Status},
    i18n::{Language, Sentence, alone, messages},
    ledger::{Listed, ResultRow},
};

messages! {
    /// The explanation of a row, by its status. The words in brackets are the service's.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Explanation {
        Refused { words: String } =
            en "The service refused this contact ({words}). If the row is wrong, correct it here and send this file; if it \
                is right, send it again with --retry-failed.",
            ru "Сервис не принял этот контакт ({words}). Если в строке ошибка, исправьте её здесь и отправьте этот файл; \
                если строка верна, отправьте её ещё раз с --retry-failed.",
        ChatQuota { words: String } =
            en "The plan's monthly quota of chats is used up ({words}): change the tariff or wait for the next month, \
                then run the same command with --retry-failed. There is nothing to correct in the row.",
            ru "По тарифу исчерпана месячная квота чатов ({words}). Смените тариф или дождитесь следующего месяца, \
                затем запустите ту же команду с --retry-failed. В строке исправлять нечего.",
        BadRequestData { words: String } =
            en "The service refused this contact ({words}) and does not say why; the row passed every check. Compare \
                its recipient with those that were accepted, or send it again with --retry-failed.",
            ru "Сервис не принял этот контакт ({words}) и не сказал почему; проверки строка прошла. Сравните \
                получателя с теми, кого сервис принял, или отправьте повторно с --retry-failed.",
        ChatIdWanted { words: String } =
            en "Not sent ({words}). Run the same command with --address-as auto --retry-failed.",
            ru "Не отправлено ({words}). Запустите ту же команду с --address-as auto --retry-failed.",
        NoAccount =
            en "Nothing was sent: the service says that this number has no WhatsApp. Use another number or another channel.",
            ru "Ничего не отправлено: по ответу сервиса, на этом номере нет WhatsApp. Нужен другой номер или другой способ \
                связи.",
        UnderWay =
            en "A request for this contact is in progress, or the program ended before its answer came.",
            ru "Запрос с этим контактом ещё выполняется, или программа завершилась раньше, чем пришёл ответ.",
        BeingSent =
            en "A machine is sending this contact right now, so its outcome is not known yet: write the results again \
                later.",
            ru "Этот контакт сейчас отправляет одна из машин, поэтому его судьба пока неизвестна: запишите результаты \
                ещё раз позже.",
        Unclear { words: String, reconcile: String, resolve: String } =
            en "The contact was sent, but no clear answer came ({words}): it may have arrived. It is never resent \
                automatically: run {reconcile}, or decide with {resolve}.",
            ru "Контакт передан, но ясного ответа нет ({words}): он мог дойти. Повторно он автоматически не \
                отправляется: запустите {reconcile} или решите сами: {resolve}.",
        DuplicateSomewhere =
            en "Another row has the same contact for the same recipient.",
            ru "Тот же контакт тому же получателю есть в другой строке.",
        Duplicate { row: u64 } =
            en "Row {row} has the same contact for the same recipient; it is sent once.",
            ru "Тот же контакт тому же получателю есть в строке {row}; он отправляется один раз.",
        DuplicateElsewhere { row: u64, source: String } =
            en "Row {row} of {source} has the same contact for the same recipient; it is sent once.",
            ru "Тот же контакт тому же получателю есть в строке {row} файла {source}; он отправляется один раз.",
        Suppressed =
            en "The recipient is on the do-not-contact list; nothing was sent.",
            ru "Получатель в стоп-листе; ему ничего не отправлено.",
        PutOff =
            en "Not sent yet: the service did not accept it. Run the same command again.",
            ru "Ещё не отправлено: сервис не принял контакт. Запустите ту же команду ещё раз.",
        Pending =
            en "Not sent yet: run the same command again.",
            ru "Ещё не отправлено: запустите ту же команду ещё раз.",
        NotGiven =
            en "Not sent: its file was not given in the last run. To send it, give that file too.",
            ru "Не отправлено: файл этой строки в последнем запуске не был указан. Чтобы отправить, укажите и его.",
        Unlisted =
            en "This row is no longer in the input.",
            ru "Этой строки больше нет во входном файле.",
    }
}

messages! {
    /// What became of an accepted contact; `at` is a time.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum DeliveryExplanation {
        Queued { at: String } =
            en "In the instance's queue ({at}).",
            ru "В очереди инстанса ({at}).",
        Sent { at: String, track: String } =
            en "Sent on {at}, but not delivered yet: the phone may be off. Check again later with {track}.",
            ru "Отправлено {at}, но ещё не доставлено: телефон может быть выключен. Проверьте позже: {track}.",
        Delivered { at: String } =
            en "Delivered on {at}.",
            ru "Доставлено {at}.",
        Read { at: String } =
            en "Read on {at}.",
            ru "Прочитано {at}.",
        Failed { at: String } =
            en "WhatsApp could not deliver it ({at}): check the number and the state of the instance.",
            ru "WhatsApp не смог доставить контакт ({at}): проверьте номер и состояние инстанса.",
        NoAccount { at: String } =
            en "The number has no WhatsApp account ({at}): use another number or another channel.",
            ru "На этом номере нет WhatsApp ({at}): нужен другой номер или другой способ связи.",
        NotInGroup { at: String } =
            en "The sender is not in this group ({at}): add it to the group, then send the contact in a new campaign.",
            ru "Отправителя нет в этой группе ({at}): добавьте его и отправьте контакт новой кампанией.",
        YellowCard { at: String } =
            en "WhatsApp restricts the sender and holds the contact back ({at}): stop sending and let the number rest \
                for a few days.",
            ru "WhatsApp ограничил отправителя и задержал контакт ({at}): остановите отправку, дайте номеру отдохнуть \
                несколько дней.",
    }
}

/// Returns the sentence for a row in a language; empty if nothing needs to be said.
pub(super) fn explanation(line: &ResultRow, sources: &[Listed], style: &CellStyle) -> String {
    let language = style.language;
    let words = || OwnWords::of_error(&line.error, language);
    let sentence = match line.status {
        Status::Accepted => accepted(line, style),
        Status::Invalid => noted(line, style).unwrap_or_default(),
        Status::Failed => refused(line, words()).localized(language),
        Status::Unknown if line.is_being_sent => Explanation::BeingSent.localized(language),
        Status::Unknown if line.error.is_empty() => Explanation::UnderWay.localized(language),
        Status::Unknown => unclear(line, style),
        Status::Duplicate => duplicate(line, sources).localized(language),
        Status::Suppressed => {
            noted(line, style).unwrap_or_else(|| Explanation::Suppressed.localized(language))
        }
        Status::Pending if !line.given => Explanation::NotGiven.localized(language),
        Status::Pending if line.attempts > 0 => Explanation::PutOff.localized(language),
        Status::Pending => Explanation::Pending.localized(language),
    };
    if line.listed {
        sentence
    } else {
        format!("{sentence} {}", Explanation::Unlisted.localized(language))
            .trim_start()
            .to_owned()
    }
}

/// Explains what a refused contact needs, by cause.
fn refused(line: &ResultRow, words: String) -> Explanation {
    match RefusalCause::of(&line.error) {
        RefusalCause::ChatQuota => Explanation::ChatQuota { words },
        RefusalCause::BadRequestData => Explanation::BadRequestData { words },
        RefusalCause::ChatIdWanted => Explanation::ChatIdWanted { words },
        RefusalCause::NoAccount => Explanation::NoAccount,
        RefusalCause::Other => Explanation::Refused { words },
    }
}

/// Explains that the outcome is not known and, if so, why no lookup will find it.
fn unclear(line: &ResultRow, style: &CellStyle) -> String {
    let language = style.language;
    let unclear = Explanation::Unclear {
        words: OwnWords::of_error(&line.error, language),
        reconcile: style.commands.reconcile.clone(),
        resolve: style.commands.resolve.clone(),
    };
    let said = [unclear.localized(language)]
        .into_iter()
        .chain(noted(line, style));
    said.collect::<Vec<_>>().join(" ")
}

/// Explains how the contact came to be accepted, if that is unusual, and what is known about its delivery.
fn accepted(line: &ResultRow, style: &CellStyle) -> String {
    let language = style.language;
    let explained = Delivery::parse(&line.delivery)
        .zip(line.delivered_at)
        .map(|(delivery, at)| explain_delivery(delivery, style.moment(at), &style.commands));
    let said = noted(line, style)
        .into_iter()
        .chain(explained.map(|delivery| delivery.localized(language)));
    said.collect::<Vec<_>>().join(" ")
}

fn explain_delivery(
    delivery: Delivery,
    at: String,
    commands: &FollowUpCommands,
) -> DeliveryExplanation {
    match delivery {
        Delivery::Queued => DeliveryExplanation::Queued { at },
        Delivery::Sent => DeliveryExplanation::Sent {
            at,
            track: commands.track.clone(),
        },
        Delivery::Delivered => DeliveryExplanation::Delivered { at },
        Delivery::Read => DeliveryExplanation::Read { at },
        Delivery::Failed => DeliveryExplanation::Failed { at },
        Delivery::NoAccount => DeliveryExplanation::NoAccount { at },
        Delivery::NotInGroup => DeliveryExplanation::NotInGroup { at },
        Delivery::YellowCard => DeliveryExplanation::YellowCard { at },
    }
}

/// Returns what was recorded when the row got its status.
fn noted(line: &ResultRow, style: &CellStyle) -> Option<String> {
    let sentence = line.explanation.as_ref()?.by_clocks_of(&style.zone);
    Some(kept(&sentence, style.language))
}

/// Returns a recorded sentence; a text of an earlier version is not translated.
fn kept(sentence: &Sentence, language: Language) -> String {
    let said = sentence.localized(language);
    if matches!(sentence, Sentence::Written { .. }) {
        said
    } else {
        alone(&said)
    }
}

fn duplicate(line: &ResultRow, sources: &[Listed]) -> Explanation {
    let Some((row, source)) = line.duplicate_of else {
        return Explanation::DuplicateSomewhere;
    };
    match sources.get(source).filter(|_| source != line.source) {
        Some(listed) => Explanation::DuplicateElsewhere {
            row,
            source: listed.name.clone(),
        },
        None => Explanation::Duplicate { row },
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;
    use crate::{
        i18n::tests::runs_in_no_spreadsheet,
        report::{Form, ReportOptions},
    };

    fn style(language: Language) -> CellStyle {
        let options = ReportOptions {
            form: Form::Vcf,
            only: None,
            language,
            headings: Language::En,
            now: Timestamp::UNIX_EPOCH,
        };
        let ledger = &std::path::Path::new("a.ledger").into();
        CellStyle::new(
            &options,
            TimeZone::UTC,
            FollowUpCommands::new(ledger, false),
        )
    }

    fn line(status: Status) -> ResultRow {
        ResultRow {
            row: 7,
            source: 0,
            listed: true,
            given: true,
            status,
            is_being_sent: false,
            recipient: "79001234567".to_owned(),
            phone_contact: "79001234568".to_owned(),
            names: Default::default(),
            duplicate_of: None,
            own_cells: Vec::new(),
            error: String::new(),
            explanation: None,
            attempts: 0,
            sent_at: None,
            id_message: String::new(),
            delivery: String::new(),
            delivered_at: None,
            instance: String::new(),
        }
    }

    /// Every row that is explained at all.
    fn lines() -> Vec<ResultRow> {
        let words = "HTTP 400".to_owned();
        let ended = OwnWords::ProgramEnded.localized(Language::En);
        vec![
            ResultRow {
                explanation: Some(Sentence::FoundInQueue),
                ..line(Status::Accepted)
            },
            ResultRow {
                explanation: Some(Sentence::NumberMissing),
                ..line(Status::Invalid)
            },
            ResultRow {
                error: words.clone(),
                ..line(Status::Failed)
            },
            ResultRow {
                error: words,
                ..line(Status::Unknown)
            },
            ResultRow {
                error: ended.clone(),
                ..line(Status::Unknown)
            },
            ResultRow {
                error: ended,
                explanation: Some(Sentence::TimeNotTold),
                ..line(Status::Unknown)
            },
            line(Status::Unknown),
            ResultRow {
                is_being_sent: true,
                ..line(Status::Unknown)
            },
            line(Status::Duplicate),
            ResultRow {
                duplicate_of: Some((3, 0)),
                ..line(Status::Duplicate)
            },
            ResultRow {
                duplicate_of: Some((3, 1)),
                ..line(Status::Duplicate)
            },
            line(Status::Suppressed),
            line(Status::Pending),
            ResultRow {
                given: false,
                ..line(Status::Pending)
            },
            ResultRow {
                attempts: 1,
                ..line(Status::Pending)
            },
        ]
        .into_iter()
        .chain(Delivery::ALL.iter().map(|delivery| ResultRow {
            delivery: delivery.as_str().to_owned(),
            delivered_at: Some(Timestamp::constant(1_764_500_000, 0)),
            ..line(Status::Accepted)
        }))
        .collect()
    }

    #[test]
    fn explanations_run_in_no_spreadsheet() {
        runs_in_no_spreadsheet(Explanation::TEMPLATES);
        runs_in_no_spreadsheet(DeliveryExplanation::TEMPLATES);
    }

    #[test]
    fn every_status_is_explained_in_whole_sentences_of_both_languages() {
        let listed = |name: &str| Listed {
            name: name.to_owned(),
            own_columns: Vec::new(),
            delimiter: None,
            layout: None,
        };
        let sources = [listed("a.csv"), listed("b.csv")];
        let is_cyrillic = |letter: char| matches!(letter, '\u{400}'..='\u{52F}');
        let lines = lines();
        assert!(
            Status::ALL
                .iter()
                .all(|status| lines.iter().any(|line| line.status == *status))
        );
        for line in lines.iter().flat_map(|line| {
            [
                line.clone(),
                ResultRow {
                    listed: false,
                    ..line.clone()
                },
            ]
        }) {
            let [english, russian] = [Language::En, Language::Ru]
                .map(|language| explanation(&line, &sources, &style(language)));
            assert!(
                !english.contains(is_cyrillic) && russian.contains(is_cyrillic),
                "{english} {russian}"
            );
            for text in [english, russian] {
                assert!(
                    text.ends_with('.') && text.starts_with(char::is_uppercase),
                    "{text}"
                );
                assert!(!text.contains(['{', '}']), "{text}");
            }
        }
    }

    #[test]
    fn a_text_of_an_earlier_version_is_shown_as_it_stands() {
        let text = "\"12\" has 2 digits; correct it".to_owned();
        let old = ResultRow {
            explanation: Some(Sentence::kept(text.clone())),
            ..line(Status::Invalid)
        };
        for language in [Language::En, Language::Ru] {
            assert_eq!(explanation(&old, &[], &style(language)), text);
        }
        assert_eq!(
            explanation(&line(Status::Accepted), &[], &style(Language::Ru)),
            ""
        );
    }

    #[test]
    fn a_contact_that_was_read_says_when() {
        let delivery = ResultRow {
            delivery: "read".to_owned(),
            delivered_at: Some(Timestamp::constant(1_795_411_016, 490_000_000)),
            ..line(Status::Accepted)
        };
        assert_eq!(
            explanation(&delivery, &[], &style(Language::En)),
            "Read on 2026-11-23 05:16 UTC."
        );
    }
}
