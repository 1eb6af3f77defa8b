//! The file of a page, which is read several times in succession: all readers share one position in the file.

use std::fs::File;
use std::io;
use std::sync::Arc;

use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;

use super::css::Rules;
use super::page::Page;
use super::tokens::Tokens;
use crate::formats::encoding::Source;

pub(super) struct PageFile {
    pub(super) file: File,
    pub(super) encoding: &'static Encoding,
    /// The style sheets of the page.
    pub(super) rules: Arc<Rules>,
}

impl PageFile {
    /// Returns the page from its beginning.
    pub(super) fn page(&self) -> io::Result<Page> {
        Ok(Page::new(
            Tokens::new(source(&self.file, self.encoding)?),
            Arc::clone(&self.rules),
        ))
    }
}

/// Returns the page from its beginning, in UTF-8.
pub(super) fn source(mut file: &File, encoding: &'static Encoding) -> io::Result<Source> {
    io::Seek::rewind(&mut file)?;
    Ok(Box::new(
        DecodeReaderBytesBuilder::new()
            .encoding(Some(encoding))
            .build(file.try_clone()?),
    ))
}
