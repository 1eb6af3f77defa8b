//! What to do about rows that were not accepted, by cause: some need a corrected list, some another plan, and for some
//! no correction of the list can help.

use crate::{
    domain::{RefusalCause, Status},
    i18n::{Language, count, messages},
    ledger::Reason,
};

messages! {
    /// Advice for the terminal, one sentence each. The commands can be typed as they are.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Advice {
        /// The rows have problems.
        Invalid { rows: u64 } =
            en "Correct {rows}. Write such rows into a workbook:"
                [rows = count::en(*rows, "invalid row", "invalid rows")],
            ru "Исправьте {rows}. Выгрузите такие строки в отдельный файл:"
                [rows = count::ru(*rows, "строку с ошибкой", "строки с ошибками", "строк с ошибками")],
        /// What to do with that workbook.
        SendCorrected =
            en "Correct them there (the column explanation says what is wrong) and send the workbook:",
            ru "Исправьте их в этом файле (что не так — в столбце explanation, «Пояснение») и отправьте его:",
        /// The quota of chats is used up.
        ChatQuota { contacts: u64 } =
            en "{contacts} because the plan's monthly quota of chats is used up (HTTP 466): there is nothing to correct. \
                Change the tariff in the console (https://console.green-api.com) or wait for the next month, then run \
                the same command with --retry-failed."
                [contacts = count::en(*contacts, "contact was refused", "contacts were refused")],
            ru "{contacts}: по тарифу исчерпана месячная квота чатов (HTTP 466), исправлять нечего. Смените тариф в \
                личном кабинете (https://console.green-api.com) или дождитесь следующего месяца, затем запустите ту же \
                команду с --retry-failed." [contacts = refused(*contacts)],
        /// The service does not say what is wrong.
        BadRequestData { contacts: u64 } =
            en "{contacts} as bad request data (HTTP 400), although the rows passed every check: there is nothing to \
                correct in the list. Look at what these recipients share (a group, @lid, a country) and at apiUrl in \
                the console, then try one: the same command with --address-as chat-id --retry-failed --limit 1."
                [contacts = count::en(*contacts, "contact was refused", "contacts were refused")],
            ru "{contacts} с ответом bad request data (HTTP 400), хотя строки прошли все проверки: в списке исправлять \
                нечего. Посмотрите, что у этих получателей общего (группа, @lid, страна) и верен ли apiUrl, затем \
                попробуйте один контакт: та же команда с --address-as chat-id --retry-failed --limit 1."
                [contacts = refused(*contacts)],
        /// The service knows recipients by chat id only.
        ChatIdWanted { contacts: u64 } =
            en "{contacts} because the service knows recipients by chatId only: run the same command with --address-as \
                auto --retry-failed." [contacts = count::en(*contacts, "contact was refused", "contacts were refused")],
            ru "{contacts}: сервис знает получателей только по chatId. Запустите ту же команду с --address-as auto \
                --retry-failed." [contacts = refused(*contacts)],
        /// The numbers have no account.
        NoAccount { contacts: u64 } =
            en "{contacts} no WhatsApp, as the service says, and nothing was sent there (no_account in the column error): use \
                another number or another channel."
                [contacts = count::en(*contacts, "number has", "numbers have")],
            ru "{contacts}: как ответил сервис, там нет WhatsApp, поэтому туда ничего не отправлено (no_account в столбце \
                error). Нужен другой номер или другой способ связи."
                [contacts = count::ru(*contacts, "номер", "номера", "номеров")],
        /// The service gave other reasons.
        Refused { contacts: u64 } =
            en "{contacts}; the column error says why. If the rows are right, send them again with --retry-failed."
                [contacts = count::en(*contacts, "contact was refused", "contacts were refused")],
            ru "{contacts}; почему — в столбце error («Ошибка»). Если строки верны, отправьте их ещё раз с --retry-failed."
                [contacts = refused(*contacts)],
        /// What to do with such rows if they are wrong.
        CorrectRefused =
            en "If they are wrong, write them into a workbook:",
            ru "Если в них ошибка, выгрузите их в отдельный файл:",
        /// The same as `Refused`, where the workbook of invalid rows has these rows too.
        AlsoRefused { contacts: u64 } =
            en "{contacts}; the column error says why. They are in that workbook too: correct them there, or, if they \
                are right, send them again with --retry-failed."
                [contacts = count::en(*contacts, "contact was refused", "contacts were refused")],
            ru "{contacts}; почему — в столбце error («Ошибка»). Они есть и в этом файле: исправьте их там, а если они \
                верны, отправьте ещё раз с --retry-failed." [contacts = refused(*contacts)],
    }
}

messages! {
    /// The same advice in a few words, for a chat.
    #[derive(Debug, Clone, PartialEq, Eq)]
    enum BriefAdvice {
        Invalid { rows: u64, report: String } =
            en "To do: correct {rows} in a file of their own and send it: {report}"
                [rows = count::en(*rows, "row", "rows")],
            ru "Что делать: исправьте {rows} в отдельном файле и отправьте его: {report}"
                [rows = count::ru(*rows, "строку", "строки", "строк")],
        ChatQuota { contacts: u64 } =
            en "To do: {contacts} over the quota of chats; change the tariff or wait a month, then send again with --retry-failed."
                [contacts = count::en(*contacts, "contact is", "contacts are")],
            ru "Что делать: {contacts} сверх квоты чатов; смените тариф или ждите месяц, затем отправьте снова с --retry-failed."
                [contacts = count::ru(*contacts, "контакт", "контакта", "контактов")],
        BadRequestData { contacts: u64 } =
            en "To do: {contacts} as bad request data; see what they share, there is nothing to correct in the list."
                [contacts = count::en(*contacts, "contact refused", "contacts refused")],
            ru "Что делать: {contacts}, bad request data; посмотрите, что у них общего, в списке исправлять нечего."
                [contacts = refused(*contacts)],
        ChatIdWanted { contacts: u64 } =
            en "To do: send {contacts} again with --address-as auto --retry-failed."
                [contacts = count::en(*contacts, "contact", "contacts")],
            ru "Что делать: отправьте {contacts} снова с --address-as auto --retry-failed."
                [contacts = count::ru(*contacts, "контакт", "контакта", "контактов")],
        NoAccount { contacts: u64 } =
            en "To do: use other numbers or another channel for {contacts} without WhatsApp."
                [contacts = count::en(*contacts, "number", "numbers")],
            ru "Что делать: {contacts} без WhatsApp; нужен другой номер или другой способ связи."
                [contacts = count::ru(*contacts, "номер", "номера", "номеров")],
        Refused { contacts: u64, report: String } =
            en "To do: correct {contacts} in a file of their own and send it, or resend with --retry-failed: {report}"
                [contacts = count::en(*contacts, "refused row", "refused rows")],
            ru "Что делать: исправьте {contacts} в отдельном файле и отправьте его или повторите с --retry-failed: {report}"
                [contacts = count::ru(*contacts, "строку с отказом", "строки с отказом", "строк с отказом")],
        AlsoRefused { contacts: u64 } =
            en "To do: correct {contacts} in the same file, or resend with --retry-failed."
                [contacts = count::en(*contacts, "refused row", "refused rows")],
            ru "Что делать: исправьте {contacts} в том же файле или повторите с --retry-failed."
                [contacts = count::ru(*contacts, "строку с отказом", "строки с отказом", "строк с отказом")],
    }
}

fn refused(contacts: u64) -> String {
    count::ru(
        contacts,
        "контакт не принят",
        "контакта не принято",
        "контактов не принято",
    )
}

impl Advice {
    /// Returns the command of this step, if there is one.
    fn command<'a>(&self, commands: &'a CorrectionCommands) -> Option<&'a String> {
        match self {
            Self::NoAccount { .. } => None,
            Self::Invalid { .. } | Self::CorrectRefused => Some(&commands.report),
            Self::SendCorrected => commands.send_corrected.as_ref(),
            Self::ChatQuota { .. } | Self::Refused { .. } | Self::AlsoRefused { .. } => {
                commands.retry.as_ref()
            }
            Self::BadRequestData { .. } => commands.try_chat_id.as_ref(),
            Self::ChatIdWanted { .. } => commands.retry_as_chat_id.as_ref(),
        }
    }

    /// Returns the sentence and its command. A sentence that ends with a colon means nothing without its command.
    fn lines(&self, commands: &CorrectionCommands, language: Language) -> Vec<String> {
        let sentence = self.localized(language);
        let sentence = sentence.trim_end_matches(['.', ':']);
        match self.command(commands) {
            Some(command) => vec![format!("{sentence}:"), format!("  {command}")],
            None => vec![format!("{sentence}.")],
        }
    }

    /// Returns the steps that follow this one.
    const fn next(&self) -> &'static [Self] {
        match self {
            Self::Invalid { .. } => &[Self::SendCorrected],
            Self::Refused { .. } => &[Self::CorrectRefused, Self::SendCorrected],
            Self::SendCorrected
            | Self::CorrectRefused
            | Self::ChatQuota { .. }
            | Self::BadRequestData { .. }
            | Self::ChatIdWanted { .. }
            | Self::NoAccount { .. }
            | Self::AlsoRefused { .. } => &[],
        }
    }
}

/// Returns what to do about the rows that were not accepted, one sentence for each cause.
fn corrections(reasons: &[Reason]) -> Vec<Advice> {
    let causes = Causes::of(reasons);
    let has_invalid = causes.invalid > 0;
    let invalid = has_invalid.then_some(Advice::Invalid {
        rows: causes.invalid,
    });
    let refused = causes
        .refused
        .into_iter()
        .map(|(cause, contacts)| match cause {
            RefusalCause::ChatQuota => Advice::ChatQuota { contacts },
            RefusalCause::BadRequestData => Advice::BadRequestData { contacts },
            RefusalCause::ChatIdWanted => Advice::ChatIdWanted { contacts },
            RefusalCause::NoAccount => Advice::NoAccount { contacts },
            RefusalCause::Other if has_invalid => Advice::AlsoRefused { contacts },
            RefusalCause::Other => Advice::Refused { contacts },
        });
    invalid.into_iter().chain(refused).collect()
}

/// Complete commands about rows that were not accepted. Those that send again are missing if the last `send` command is
/// not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectionCommands {
    /// Writes the rows into a workbook of their own.
    pub report: String,
    /// Sends that workbook.
    pub send_corrected: Option<String>,
    /// Sends the refused rows again.
    pub retry: Option<String>,
    /// Sends one of them again, by chat id.
    pub try_chat_id: Option<String>,
    /// Sends them again, by chat id if the service requires that.
    pub retry_as_chat_id: Option<String>,
}

/// Returns the advice as lines, each with its command below it.
#[must_use]
pub fn correction_lines(
    reasons: &[Reason],
    commands: &CorrectionCommands,
    language: Language,
) -> Vec<String> {
    let steps = corrections(reasons).into_iter();
    let steps = steps.flat_map(|first| {
        let next = first.next();
        std::iter::once(first).chain(next.iter().cloned())
    });
    steps
        .flat_map(|step| step.lines(commands, language))
        .collect()
}

/// Returns the advice for a chat.
pub(super) fn brief_corrections(
    reasons: &[Reason],
    report: &str,
    language: Language,
) -> Vec<String> {
    let short = |advice: Advice| match advice {
        Advice::SendCorrected | Advice::CorrectRefused => None,
        Advice::Invalid { rows } => {
            let report = report.to_owned();
            Some(BriefAdvice::Invalid { rows, report })
        }
        Advice::ChatQuota { contacts } => Some(BriefAdvice::ChatQuota { contacts }),
        Advice::BadRequestData { contacts } => Some(BriefAdvice::BadRequestData { contacts }),
        Advice::ChatIdWanted { contacts } => Some(BriefAdvice::ChatIdWanted { contacts }),
        Advice::NoAccount { contacts } => Some(BriefAdvice::NoAccount { contacts }),
        Advice::Refused { contacts } => {
            let report = report.to_owned();
            Some(BriefAdvice::Refused { contacts, report })
        }
        Advice::AlsoRefused { contacts } => Some(BriefAdvice::AlsoRefused { contacts }),
    };
    let advice = corrections(reasons).into_iter().filter_map(short);
    advice.map(|advice| advice.localized(language)).collect()
}

/// The number of rows for each cause.
struct Causes {
    invalid: u64,
    /// In the order in which the causes first occur: the most frequent comes first.
    refused: Vec<(RefusalCause, u64)>,
}

impl Causes {
    fn of(reasons: &[Reason]) -> Self {
        let mut causes = Self {
            invalid: 0,
            refused: Vec::new(),
        };
        for reason in reasons {
            match reason.status {
                Status::Invalid => causes.invalid += reason.rows,
                Status::Failed => causes.add(RefusalCause::of(&reason.error), reason.rows),
                Status::Accepted
                | Status::Duplicate
                | Status::Suppressed
                | Status::Unknown
                | Status::Pending => {}
            }
        }
        causes
    }

    fn add(&mut self, cause: RefusalCause, rows: u64) {
        match self.refused.iter_mut().find(|(other, _)| *other == cause) {
            Some((_, sum)) => *sum += rows,
            None => self.refused.push((cause, rows)),
        }
    }
}
