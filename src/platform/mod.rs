//! What differs between systems: modes and owners of files, locks, signals, clocks, folders, file names. No other room
//! asks which system it runs on. `docs/windows.md` says what holds on Windows.
//!
//! What must stay true: `unix.rs` and `windows.rs` have the same functions, and the lists in this file name them all.

mod access;
mod address;
mod folders;
mod names;
mod system;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as native;
#[cfg(windows)]
use windows as native;

pub use access::Access;
pub use address::Address;
pub use folders::{CONFIG_VARIABLE, STATE_VARIABLE, config_home, home, password_file, state_home};
pub use names::{folded, has_folder, is_device, is_file_name, is_stdout, real_path, sqlite_uri};
pub use system::{SYSTEM, System};

pub use native::{
    Signals, address, forbid_core_dumps, host_name, kill_group, own_group, steady_clock,
};
pub use native::{
    UNLINKS_OPEN_FILES, file_id, is_same_file, lock_database, lock_to_append, number_of_names,
    open_without_waiting, private, private_folder, rename, replace, sqlite_path, sync_file,
    sync_folder, take_from_others,
};
