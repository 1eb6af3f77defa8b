//! The Debian package and the archives hold the same files, and cargo binstall asks for an archive by its name.

#![cfg(unix)] // The packages are made by scripts of a POSIX shell.
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs, path::Path, process::Command};

use toml::de::{DeTable, DeValue};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The text of a file of the project.
fn text(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// A table of `[package.metadata]`.
fn metadata<'t>(manifest: &'t str, name: &str) -> DeValue<'t> {
    let manifest = DeTable::parse(manifest).unwrap().into_inner();
    let manifest = DeValue::Table(manifest);
    let table = &manifest["package"].get_ref()["metadata"].get_ref()[name];
    table.get_ref().clone()
}

/// The sources of the Debian package, as patterns.
fn sources() -> Vec<String> {
    let manifest = text("Cargo.toml");
    let deb = metadata(&manifest, "deb");
    let assets = deb["assets"].get_ref().as_array().unwrap().iter();
    let source = assets.map(|asset| asset.get_ref()[0].get_ref().as_str().unwrap().to_owned());
    source.collect()
}

/// Every file below a folder, as a path within it.
fn files(folder: &Path, within: &str, into: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let name = format!("{within}{name}");
        if path.is_dir() {
            files(&path, &format!("{name}/"), into);
        } else {
            into.push(name);
        }
    }
}

/// Whether a pattern names a file; its star stands for anything within a folder.
fn is_named(pattern: &str, file: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else {
        return pattern == file;
    };
    file.strip_prefix(start)
        .and_then(|rest| rest.strip_suffix(end))
        .is_some_and(|middle| !middle.contains('/'))
}

#[test]
fn the_debian_package_holds_what_the_archives_hold() {
    let desk = tempfile::tempdir().unwrap();
    let folder = desk.path().join("staged");
    let ran = Command::new(Path::new(ROOT).join("packaging/stage"))
        .args([Path::new(env!("CARGO_BIN_EXE_sendcontact")), &folder])
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let mut staged = Vec::new();
    files(&folder, "", &mut staged);
    assert!(staged.contains(&"man/man1/sendcontact-send.1".to_owned()));

    let sources = sources();
    for source in &sources {
        let exists = match source.strip_prefix("target/packaging/") {
            Some(pattern) => staged.iter().any(|file| is_named(pattern, file)),
            None if source == "target/release/sendcontact" => true,
            None => Path::new(ROOT).join(source).is_file(),
        };
        assert!(exists, "{source} names no file: {staged:#?}");
    }
    for file in &staged {
        let staged = format!("target/packaging/{file}");
        let is_packed = sources.iter().any(|source| is_named(source, &staged));
        let is_for_windows = file == "completions/sendcontact.ps1";
        assert!(is_packed || is_for_windows, "{file}: {sources:#?}");
    }
}

#[test]
fn binstall_asks_for_the_archives_by_their_names() {
    let script = text("packaging/archive");
    assert!(script.contains("name=sendcontact-${version#* }-$target\n"));
    let manifest = text("Cargo.toml");
    let binstall = metadata(&manifest, "binstall");
    let word = |table: &DeValue, key| table[key].get_ref().as_str().unwrap().to_owned();
    let windows = binstall["overrides"].get_ref()["x86_64-pc-windows-msvc"].get_ref();
    for (table, ending) in [(&binstall, "tar.gz"), (windows, "zip")] {
        let url = word(table, "pkg-url");
        let name = format!("/{{ name }}-{{ version }}-{{ target }}.{ending}");
        assert!(url.ends_with(&name), "{url}");
        assert!(script.contains(&format!("$name.{ending}")));
    }
    assert_eq!(
        word(&binstall, "bin-dir"),
        "{ name }-{ version }-{ target }/{ bin }{ binary-ext }"
    );
}
