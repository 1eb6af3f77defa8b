//! Names of settings files, and the paths that they contain.

use std::path::{Component, Path, PathBuf};

use crate::platform;

/// The name of a settings file, in every folder.
pub(crate) const NAME: &str = "sendcontact.toml";

/// Returns the settings file of a folder, or the path itself if it names a settings file.
pub(crate) fn settings_path(path: &Path) -> PathBuf {
    if path.file_name().is_some_and(|name| name == NAME) && !path.is_dir() {
        path.to_owned()
    } else {
        path.join(NAME)
    }
}

/// Resolves a path in a settings file: relative to the folder of the file; `~/` is the user's home.
pub(super) fn resolved(file: &Path, text: &str) -> PathBuf {
    match text
        .strip_prefix("~/")
        .and_then(|rest| Some(platform::home()?.join(rest)))
    {
        Some(path) => path,
        None => file.parent().unwrap_or(Path::new("")).join(text),
    }
}

/// Whether a path leads out of the folder of the settings file, by itself or through a link.
/// A recipient that is no file there counts as outside.
pub(super) fn is_outside(file: &Path, text: &str, key: &str) -> bool {
    let path = Path::new(text);
    let climbs = path
        .components()
        .any(|part| !matches!(part, Component::Normal(_) | Component::CurDir));
    let whole = resolved(file, text);
    let is_number = key == "recipients" && !whole.exists();
    is_number || climbs || text.starts_with("~/") || resolves_outside(file, &whole)
}

/// Whether the longest existing part of the path is outside of the folder after its links are followed.
fn resolves_outside(file: &Path, path: &Path) -> bool {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let Ok(folder) = folder.canonicalize() else {
        return true;
    };
    let existing = path
        .ancestors()
        .find(|part| part.symlink_metadata().is_ok());
    match existing.filter(|part| !part.as_os_str().is_empty()) {
        None => false,
        Some(part) => part
            .canonicalize()
            .map_or(true, |part| !part.starts_with(&folder)),
    }
}
