//! Reads Excel workbooks since Excel 2007 (ECMA-376, Office Open XML). A sheet is streamed. The table of texts that its
//! cells refer to, if it has one, is held in memory (see [`super::strings`]); inline texts are not.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use super::package::{Package, PartLocation};
use super::strings::Strings;
use super::styles::Styles;
use super::xlsx_rows::{Shared, SheetRows, next_element};
use super::xml::{Token, Xml, XmlError};
use super::{Position, Sheet, SheetSource};
use crate::formats::messages::{Damage, FileSentence};
use crate::formats::problem::{FileProblem, FileProblemCode};
use crate::formats::table::Rows;
use crate::formats::value::Epoch;

pub(super) struct Workbook {
    package: Package,
    position: Position,
    sheets: Vec<Sheet>,
    places: Vec<PartLocation>,
    shared: Arc<Shared>,
}

/// A relationship of a part: the kind and the location of another part.
struct Relation {
    kind: String,
    target: String,
}

impl Workbook {
    pub(super) fn open(file: File, path: &Path) -> Result<Self, FileProblem> {
        let position = Position::new(path);
        let package = Package::open(file).map_err(|error| position.part_problem(error))?;
        let shared = Arc::new(Shared::default());
        let mut book = Self {
            package,
            position,
            sheets: Vec::new(),
            places: Vec::new(),
            shared,
        };
        let main = book.main_part()?;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let relations = book.relations(folder, name)?;
        let epoch = book.list_sheets(&main, &relations)?;
        let part = |kind: &str| relations.values().find(|relation| relation.kind == kind);
        let strings = match part("sharedStrings")
            .map(|part| book.part(&part.target))
            .transpose()?
            .flatten()
        {
            Some((mut xml, place)) => book.read(Strings::read(&mut xml, place.unpacked))?,
            None => Strings::default(),
        };
        let styles = match part("styles")
            .map(|part| book.part(&part.target))
            .transpose()?
            .flatten()
        {
            Some((mut xml, _)) => book.read(Styles::read(&mut xml))?,
            None => Styles::default(),
        };
        book.shared = Arc::new(Shared {
            strings,
            styles,
            epoch,
        });
        Ok(book)
    }

    /// Returns the name of the part that lists the sheets, usually `xl/workbook.xml`.
    fn main_part(&mut self) -> Result<String, FileProblem> {
        let relations = self.relations("", "")?;
        let main = relations
            .into_values()
            .find(|relation| relation.kind == "officeDocument");
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target);
        if Path::new(&main)
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("bin"))
        {
            return Err(FileProblem::new(
                FileProblemCode::FormatUnsupported,
                &self.position.path,
                None,
                FileSentence::BinaryWorkbook,
            ));
        }
        Ok(main)
    }

    /// Returns the relationships of a part by their ids; their targets are names in the package.
    fn relations(
        &mut self,
        folder: &str,
        name: &str,
    ) -> Result<HashMap<String, Relation>, FileProblem> {
        let mut relations = HashMap::new();
        let part = joined(folder, &format!("_rels/{name}.rels"));
        let Some((mut xml, _)) = self.part(&part)? else {
            return Ok(relations);
        };
        while let Some(()) = self.read(next_element(&mut xml, "Relationship"))? {
            let [id, kind, target] = self.read(three(&xml, ["Id", "Type", "Target"]))?;
            let kind = kind
                .rsplit_once('/')
                .map_or(kind.as_str(), |(_, last)| last)
                .to_owned();
            relations.insert(
                id,
                Relation {
                    kind,
                    target: joined(folder, &target),
                },
            );
        }
        Ok(relations)
    }

    fn list_sheets(
        &mut self,
        main: &str,
        parts: &HashMap<String, Relation>,
    ) -> Result<Epoch, FileProblem> {
        let Some((mut xml, _)) = self.part(main)? else {
            return Err(self.position.damaged(Damage::NoWorkbook));
        };
        let mut epoch = Epoch::Of1900;
        loop {
            xml.renew();
            match self.read(xml.next())? {
                Token::Open if xml.name() == "workbookPr" => {
                    let is_1904 = self.read(xml.attribute("date1904"))?;
                    if is_1904.is_some_and(|value| value == "1" || value == "true") {
                        epoch = Epoch::Of1904;
                    }
                }
                Token::Open if xml.name() == "sheet" => self.list_sheet(&xml, parts)?,
                Token::Open | Token::Close | Token::Text => {}
                Token::End if self.sheets.is_empty() => {
                    return Err(self.position.damaged(Damage::NoSheet));
                }
                Token::End => return Ok(epoch),
            }
        }
    }

    fn list_sheet(
        &mut self,
        xml: &Xml,
        parts: &HashMap<String, Relation>,
    ) -> Result<(), FileProblem> {
        let [name, state, id] = self.read(three(xml, ["name", "state", "id"]))?;
        let Some(relation) = parts.get(&id) else {
            return Err(self
                .position
                .damaged(Damage::SheetNowhere { name: name.clone() }));
        };
        if relation.kind != "worksheet" {
            return Ok(());
        }
        let place = self
            .package
            .find(&relation.target)
            .map_err(|error| self.position.part_problem(error))?;
        let missing = || {
            self.position
                .damaged(Damage::SheetNowhere { name: name.clone() })
        };
        self.places.push(place.ok_or_else(missing)?);
        self.sheets.push(Sheet {
            name,
            hidden: !matches!(state.as_str(), "" | "visible"),
        });
        Ok(())
    }

    fn part(&mut self, name: &str) -> Result<Option<(Xml, PartLocation)>, FileProblem> {
        let part_problem = |error| self.position.part_problem(error);
        let Some(place) = self.package.find(name).map_err(part_problem)? else {
            return Ok(None);
        };
        let part = self.package.read(place).map_err(part_problem)?;
        Ok(Some((Xml::new(part), place)))
    }

    fn read<T>(&self, read: Result<T, XmlError>) -> Result<T, FileProblem> {
        read.map_err(|error| self.position.xml_problem(error))
    }
}

impl SheetSource for Workbook {
    fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    fn rows(&mut self, sheet: usize) -> Result<Box<dyn Rows + Send>, FileProblem> {
        let part = self
            .package
            .read(self.places[sheet])
            .map_err(|error| self.position.part_problem(error))?;
        let shared = Arc::clone(&self.shared);
        Ok(Box::new(SheetRows::new(
            Xml::new(part),
            self.position.clone(),
            shared,
        )))
    }
}

/// Resolves the name of a part relative to the folder of the part that refers to it.
fn joined(folder: &str, target: &str) -> String {
    let mut names: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').collect()
    };
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => drop(names.pop()),
            name => names.push(name),
        }
    }
    names.retain(|name| !name.is_empty());
    names.join("/")
}

/// Returns three attributes; a missing one is empty.
fn three(xml: &Xml, names: [&str; 3]) -> Result<[String; 3], XmlError> {
    let mut found = [const { String::new() }; 3];
    for attribute in xml.attributes() {
        let (name, value) = attribute?;
        if let Some(index) = names.iter().position(|other| *other == name) {
            found[index] = value.into_owned();
        }
    }
    Ok(found)
}
