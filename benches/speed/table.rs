//! The table: each figure with its ratio to a yardstick of the same run, what is demanded, and
//! whether it holds. Lines appear as they are measured.

/// One line of the table.
pub struct Line {
    what: String,
    figure: String,
    ratio: Option<(f64, String)>,
    demand: Option<(String, bool)>,
}

impl Line {
    pub fn new(what: impl Into<String>, figure: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            figure: figure.into(),
            ratio: None,
            demand: None,
        }
    }

    /// How many times the yardstick the figure is.
    pub fn times(self, ratio: f64, yardstick: &str) -> Self {
        Self {
            ratio: Some((ratio, yardstick.to_owned())),
            ..self
        }
    }

    /// Demands that the ratio is no less.
    pub fn at_least(self, least: f64) -> Self {
        let holds = self
            .ratio
            .as_ref()
            .is_some_and(|(ratio, _)| *ratio >= least);
        self.demand(format!("≥ {least}"), holds)
    }

    /// Demands that the ratio is no more.
    pub fn at_most(self, most: f64) -> Self {
        let holds = self.ratio.as_ref().is_some_and(|(ratio, _)| *ratio <= most);
        self.demand(format!("≤ {most}"), holds)
    }

    pub fn demand(self, words: impl Into<String>, holds: bool) -> Self {
        Self {
            demand: Some((words.into(), holds)),
            ..self
        }
    }
}

/// What was shown so far.
pub struct Table {
    held: usize,
    failed: usize,
    skipped: usize,
}

impl Table {
    pub fn begin(machine: &str) -> Self {
        println!(
            "{machine}\n\n| what | figure | × yardstick | demanded | |\n| --- | --- | --- | --- | --- |"
        );
        Self {
            held: 0,
            failed: 0,
            skipped: 0,
        }
    }

    pub fn line(&mut self, line: Line) {
        let Line {
            what,
            figure,
            ratio,
            demand,
        } = line;
        let ratio = ratio.map_or_else(String::new, |(ratio, yardstick)| {
            format!("{ratio:.3} × {yardstick}")
        });
        let (demanded, word) = match demand {
            Some((demanded, true)) => (demanded, "holds"),
            Some((demanded, false)) => (demanded, "**fails**"),
            None => (String::new(), ""),
        };
        self.held += usize::from(word == "holds");
        self.failed += usize::from(word == "**fails**");
        println!("| {what} | {figure} | {ratio} | {demanded} | {word} |");
    }

    /// What is not measured here, and why.
    pub fn skipped(&mut self, what: &str, why: &str) {
        self.skipped += 1;
        println!("| {what} | not measured: {why} | | | |");
    }

    pub fn end(&self) {
        println!(
            "\n{} hold, {} fail, {} were not measured.",
            self.held, self.failed, self.skipped
        );
    }
}
