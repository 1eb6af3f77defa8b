//! A command to a run from another terminal.

/// A command to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCommand {
    /// Start nothing more, and stay.
    Pause,
    /// Start nothing more, and end.
    Cancel,
}

impl RunCommand {
    /// Parses the output of [`RunCommand::as_str`].
    pub(super) fn parse(word: &str) -> Option<Self> {
        [Self::Pause, Self::Cancel]
            .into_iter()
            .find(|command| command.as_str() == word)
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Cancel => "cancel",
        }
    }
}
