//! Who may access a file, and how.

use std::fs::Metadata;

/// The access to a file. On systems without owners, every file counts as the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The permission bits; 0 where there are none.
    pub mode: u32,
    /// Whether the file belongs to the user or to root.
    pub is_own: bool,
    /// Whether somebody else may write it. A group with the same number as its user counts as that user's alone: many
    /// systems create such groups, and files that the group may write.
    pub is_open: bool,
}

impl Access {
    /// Returns the access to a file with this metadata.
    #[cfg(unix)]
    #[must_use]
    pub fn of(file: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        let owners = [0, rustix::process::geteuid().as_raw()];
        let closed = if file.gid() == file.uid() {
            0o002
        } else {
            0o022
        };
        Self {
            mode: file.mode(),
            is_own: owners.contains(&file.uid()),
            is_open: file.mode() & closed != 0,
        }
    }

    /// Returns the access to a file with this metadata. Windows has access control lists (ACLs), which are not read.
    #[cfg(windows)]
    #[must_use]
    pub const fn of(_: &Metadata) -> Self {
        Self {
            mode: 0,
            is_own: true,
            is_open: false,
        }
    }
}
