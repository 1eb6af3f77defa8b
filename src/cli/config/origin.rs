//! Where the value of a setting comes from.

use crate::i18n::messages;

messages! {
    /// Where a setting comes from, and whether it is set.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) enum ValueOrigin {
        Typed = en "command line", ru "командная строка",
        Environment { name: String } = en "environment {name}", ru "переменная {name}",
        File { place: String } = en "{place}", ru "{place}",
        NotTrusted { place: String, command: String } =
            en "{place}, not believed: {command}",
            ru "{place}, не действует: {command}",
        Default = en "default", ru "по умолчанию",
        Set = en "set", ru "задан",
        NotSet = en "-", ru "-",
    }
}
