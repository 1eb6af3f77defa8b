//! What is said of the command that is told how a run ended.

#![expect(missing_docs, reason = "the templates tell what a sentence and its fields are")]

use super::sentences;

sentences! {
    /// Why nobody was told how a run ended.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub enum Unattended {
        NoNotice { program: String, reason: String } =
            en "--notify-command: {program} cannot be run: {reason}",
            ru "--notify-command: {program} не запускается: {reason}",
        NoticeFailed { program: String, status: String } =
            en "--notify-command: {program} ended with {status}",
            ru "--notify-command: {program} закончилась с кодом {status}",
        NoticeLate { program: String, seconds: u64 } =
            en "--notify-command: {program} did not end within {seconds} s and was ended",
            ru "--notify-command: {program} не закончилась за {seconds} с и прервана",
    }
}
