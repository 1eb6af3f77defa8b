//! Who may do what with a file.

use std::fs::Metadata;

/// Who may do what with a file. Where there are no owners, every file is the user's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The permission bits; 0 where there are none.
    pub mode: u32,
    /// It is the user's own, or root's.
    pub is_own: bool,
    /// Somebody else may write it. A group that has its user's number is that user's alone: so many
    /// systems make them, with files that the group may write.
    pub is_open: bool,
}

impl Access {
    /// Of a file that was opened or looked at.
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

    /// Of a file that was opened or looked at. Windows keeps lists of rights (ACLs), which are not read.
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
