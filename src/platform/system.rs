//! The family of systems that the program was built for.

/// A family of systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux, macOS and other POSIX systems.
    Unix,
    /// Windows.
    Windows,
}

/// The family of this system, for texts and rules that differ, such as how a shell quotes a word.
pub const SYSTEM: System = if cfg!(windows) {
    System::Windows
} else {
    System::Unix
};
