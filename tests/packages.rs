//! The Debian package and the archives hold the same files, and cargo binstall asks for an archive by its name.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "in a test it is the assertion")]

use std::{fs, path::Path, process::Command};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The tables of `[package.metadata]`.
fn metadata() -> toml::Table {
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    manifest["package"]["metadata"].as_table().unwrap().clone()
}

/// The sources of the Debian package, as patterns.
fn sources() -> Vec<String> {
    let metadata = metadata();
    let assets = metadata["deb"]["assets"].as_array().unwrap().iter();
    let sources = assets.map(|asset| asset[0].as_str().unwrap().to_owned());
    sources.collect()
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
    let script = fs::read_to_string(Path::new(ROOT).join("packaging/archive")).unwrap();
    assert!(script.contains("name=sendcontact-${version#* }-$target\n"));
    let binstall = &metadata()["binstall"];
    let windows = &binstall["overrides"]["x86_64-pc-windows-msvc"];
    for (table, ending) in [(binstall, "tar.gz"), (windows, "zip")] {
        let url = table["pkg-url"].as_str().unwrap();
        let name = url.rsplit('/').next().unwrap();
        assert_eq!(
            name,
            format!("{{ name }}-{{ version }}-{{ target }}.{ending}")
        );
        assert!(script.contains(&format!("$name.{ending}")));
    }
    let program = binstall["bin-dir"].as_str().unwrap();
    assert_eq!(
        program,
        "{ name }-{ version }-{ target }/{ bin }{ binary-ext }"
    );
}
