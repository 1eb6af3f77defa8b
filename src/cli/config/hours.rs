//! The hours and days of several settings files. All of them apply together, so those of each file are kept separately.

use std::path::PathBuf;

use crate::cli::args::{PolicyArguments, from_file::FileHours};

impl FileHours {
    /// Takes over the values of a key that concerns hours or days; ignores any other key.
    pub(super) fn take(&mut self, key: &str, values: &[String]) {
        let one = || values.first().cloned();
        match key {
            "window" => self.window = values.to_vec(),
            "days" => self.days = one(),
            "holidays" => self.holidays = values.iter().map(PathBuf::from).collect(),
            "time-zone" => self.time_zone = one(),
            "start-at" => self.start_at = one(),
            "until" => self.until = one(),
            _ => {}
        }
    }

    /// Whether the file limits when contacts are sent.
    pub(super) const fn limits(&self) -> bool {
        let Self {
            window,
            days,
            holidays,
            time_zone: _,
            start_at,
            until,
            is_own: _,
        } = self;
        !window.is_empty()
            || days.is_some()
            || !holidays.is_empty()
            || start_at.is_some()
            || until.is_some()
    }

    /// Whether the file names a time zone.
    pub(super) const fn has_zone(&self) -> bool {
        self.time_zone.is_some()
    }
}

impl PolicyArguments {
    /// Sets the hours and days of each settings file, except those that were typed. A file without a zone takes the
    /// zone of the file before it.
    pub(super) fn set_files(&mut self, mut files: Vec<FileHours>, is_typed: &dyn Fn(&str) -> bool) {
        if files.is_empty() {
            return;
        }
        let mut zone: Option<String> = None;
        for file in &mut files {
            file.time_zone = file.time_zone.take().or_else(|| zone.clone());
            zone.clone_from(&file.time_zone);
        }
        let typed = self.typed(is_typed);
        for file in &mut files {
            let FileHours {
                window,
                days,
                holidays,
                time_zone,
                start_at,
                until,
                is_own: _,
            } = file;
            window.retain(|_| typed.window.is_empty());
            *days = days.take().filter(|_| typed.days.is_none());
            holidays.retain(|_| typed.holidays.is_empty());
            *time_zone = typed.time_zone.clone().or(time_zone.take());
            *start_at = start_at.take().filter(|_| typed.start_at.is_none());
            *until = until.take().filter(|_| typed.until.is_none());
        }
        let FileHours {
            window,
            days,
            holidays,
            time_zone: _,
            start_at,
            until,
            is_own: _,
        } = typed;
        (self.window, self.days, self.holidays) = (window, days, holidays);
        (self.start_at, self.until, self.files) = (start_at, until, files);
    }

    /// Returns the hours and days that were typed.
    fn typed(&self, is_typed: &dyn Fn(&str) -> bool) -> FileHours {
        let one = |id: &str, value: &Option<String>| value.clone().filter(|_| is_typed(id));
        FileHours {
            window: if is_typed("window") {
                self.window.clone()
            } else {
                Vec::new()
            },
            days: one("days", &self.days),
            holidays: if is_typed("holidays") {
                self.holidays.clone()
            } else {
                Vec::new()
            },
            time_zone: one("time_zone", &self.time_zone),
            start_at: one("start_at", &self.start_at),
            until: one("until", &self.until),
            is_own: true,
        }
    }
}
