//! Inside a room files do not import each other in a circle: a reader can start at the bottom.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// A file of the source, as its path of modules: `["cli", "commands", "send"]`.
type Module = Vec<String>;

/// Every file without its tests, comments and strings.
fn files(folder: &Path, module: &Module, into: &mut BTreeMap<Module, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inner = [module.clone(), vec![stem.clone()]].concat();
            if stem != "tests" {
                files(&path, &inner, into);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") && stem != "tests" {
            let is_room = ["mod", "lib", "main"].contains(&stem.as_str());
            let own = if is_room { vec![] } else { vec![stem] };
            let text = fs::read_to_string(&path).unwrap();
            into.insert([module.clone(), own].concat(), code(&text));
        }
    }
}

fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    let lines = text.lines().map(|line| line.split("//").next().unwrap());
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths of the `use` statements of a file: those that it hands on, or those that it only uses.
fn paths(text: &str, handed_on: bool) -> Vec<Module> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("use ") {
        let line = rest[..at].rsplit('\n').next().unwrap();
        let (before, after) = (line.to_owned(), &rest[at + 4..]);
        rest = after;
        let is_statement =
            before.is_empty() || (before.starts_with("pub") && before.ends_with(' '));
        if is_statement && before.is_empty() != handed_on {
            let tree = after.split(';').next().unwrap();
            leaves(tree.trim(), &vec![], &mut found);
        }
    }
    found
}

fn leaves(tree: &str, before: &Module, into: &mut Vec<Module>) {
    let words = |text: &str| -> Module {
        let words = text
            .split("::")
            .map(str::trim)
            .filter(|word| !word.is_empty());
        words
            .map(|word| word.split(" as ").next().unwrap().to_owned())
            .collect()
    };
    let Some(open) = tree.find('{') else {
        into.push([before.clone(), words(tree)].concat());
        return;
    };
    let head = [before.clone(), words(&tree[..open])].concat();
    let inner = &tree[open + 1..tree.rfind('}').unwrap()];
    let (mut depth, mut start) = (0, 0);
    for (at, char) in inner.char_indices().chain([(inner.len(), ',')]) {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inner[start..at].trim().is_empty() {
                    leaves(inner[start..at].trim(), &head, into);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The module that a path of another one names, and what of it.
fn resolved(
    module: &Module,
    path: &Module,
    all: &BTreeMap<Module, String>,
) -> Option<(Module, Option<String>)> {
    let mut base = module.clone();
    let mut rest = &path[..];
    match path[0].as_str() {
        "crate" => (base, rest) = (vec![], &path[1..]),
        "self" => rest = &path[1..],
        _ => {}
    }
    while rest.first().is_some_and(|word| word == "super") {
        base.pop();
        rest = &rest[1..];
    }
    let full = [base, rest.to_vec()].concat();
    let known = (1..=full.len())
        .rev()
        .find(|length| all.contains_key(&full[..*length].to_vec()))?;
    Some((full[..known].to_vec(), full.get(known).cloned()))
}

/// Each module with those that it imports; a name that a room hands on counts for the file that has it.
fn arrows(all: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut handed_on = BTreeMap::new();
    for (module, text) in all {
        let both = paths(text, true).into_iter().chain(paths(text, false));
        for path in both.filter(|path| path[0] != "crate" && path[0] != "super") {
            if let Some((from, Some(name))) = resolved(module, &path, all)
                && from != *module
            {
                handed_on.insert((module.clone(), name), from);
            }
        }
    }
    let mut arrows = BTreeMap::new();
    for (module, text) in all {
        let mut uses = BTreeSet::new();
        for path in paths(text, false) {
            let Some((mut to, name)) = resolved(module, &path, all) else {
                continue;
            };
            while let Some(further) = name
                .as_ref()
                .and_then(|name| handed_on.get(&(to.clone(), name.clone())))
            {
                to.clone_from(further);
            }
            if to != *module && to[0] == module.first().cloned().unwrap_or_default() {
                uses.insert(to);
            }
        }
        arrows.insert(module.clone(), uses);
    }
    arrows
}

/// The modules from which a way of arrows leads back to themselves.
fn in_circles(arrows: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let reaches = |start: &Module| {
        let mut seen = BTreeSet::new();
        let mut left: Vec<&Module> = arrows[start].iter().collect();
        while let Some(module) = left.pop() {
            if seen.insert(module) {
                left.extend(arrows.get(module).into_iter().flatten());
            }
        }
        seen.contains(start)
    };
    arrows
        .keys()
        .filter(|module| reaches(module))
        .map(|module| module.join("/"))
        .collect()
}

fn source() -> BTreeMap<Module, String> {
    let mut all = BTreeMap::new();
    files(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &vec![],
        &mut all,
    );
    all
}

#[test]
fn no_files_of_a_room_import_each_other_in_a_circle() {
    let circles = in_circles(&arrows(&source()));
    assert_eq!(circles, Vec::<String>::new());
}

#[test]
fn a_circle_that_is_planted_is_found() {
    let mut all = source();
    let phone = all
        .get_mut(&vec!["domain".to_owned(), "phone".to_owned()])
        .unwrap();
    phone.push_str("\nuse super::{ChatId, Person};\n");
    let circles = in_circles(&arrows(&all));
    assert!(
        circles.iter().any(|module| module == "domain/phone"),
        "{circles:?}"
    );
    assert!(
        circles.iter().any(|module| module == "domain/person"),
        "{circles:?}"
    );
}
