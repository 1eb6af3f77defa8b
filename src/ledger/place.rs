//! Where a ledger is: a file, or a campaign of a database.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{database::Database, paths::campaign_of};

/// Where a ledger is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A SQLite file.
    File(PathBuf),
    /// A campaign of a PostgreSQL database.
    Database {
        /// The database.
        database: Database,
        /// The name of the campaign.
        campaign: String,
    },
}

impl Place {
    /// Returns the path, if it is a file.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Database { .. } => None,
        }
    }

    /// Returns the path beside which its results are written: the file, or for a database a name in the current folder.
    #[must_use]
    pub fn results_base(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Database { campaign, .. } => PathBuf::from(format!("{campaign}.ledger")),
        }
    }

    /// The name of the campaign.
    #[must_use]
    pub fn campaign(&self) -> String {
        match self {
            Self::File(path) => campaign_of(path),
            Self::Database { campaign, .. } => campaign.clone(),
        }
    }

    /// Returns the path that names the ledger for people.
    #[must_use]
    pub fn shown(&self) -> PathBuf {
        match self {
            Self::File(path) => path.clone(),
            Self::Database { database, campaign } => database.path().join(campaign),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown().display().fmt(f)
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&PathBuf> for Place {
    fn from(path: &PathBuf) -> Self {
        Self::File(path.clone())
    }
}

impl From<PathBuf> for Place {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Place> for Place {
    fn from(place: &Self) -> Self {
        place.clone()
    }
}
