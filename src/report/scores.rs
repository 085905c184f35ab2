//! The scores of the records that the server has, as on its dashboard: as text and as JSON.

use std::fmt;

use serde_json::{Value, json};

use super::line::Line;
use super::preview::{add, dashboard_json, explanations, scores};
use crate::record::Tally;
use crate::text::{counted, excerpt};

/// The scores of all records that were read.
#[derive(Debug)]
pub(crate) struct ScoresView<'a> {
    /// Of which time, for people.
    pub time: String,
    pub all: &'a Tally,
    /// Records without a readable score or type, or of a type that has no scale here.
    pub unreadable: u64,
    /// What the groups have in common, such as `week`.
    pub by: Option<&'a str>,
    pub groups: &'a [ScoreGroup],
    /// The width of tables.
    pub width: u16,
}

/// The scores of a week, a channel or the like.
#[derive(Debug)]
pub(crate) struct ScoreGroup {
    pub name: String,
    pub tally: Tally,
}

impl ScoresView<'_> {
    pub(crate) fn json(&self) -> Value {
        let groups = self.groups.iter().map(|ScoreGroup { name, tally }| {
            let mut group = json!({ "group": name });
            add(&mut group, dashboard_json(tally));
            group
        });
        let mut view = dashboard_json(self.all);
        add(&mut view, json!({"unreadable": self.unreadable, "by": self.by, "groups": groups.collect::<Vec<_>>()}));
        view
    }

    fn lines(&self) -> Vec<Line> {
        let columns = usize::from(self.width);
        let title = format!("{} on the vendor's dashboard, {}:", counted(self.all.records(), "record"), self.time);
        let mut lines = Vec::new();
        if self.by.is_none() {
            lines.extend(scores(title, self.all, columns, true));
        } else {
            lines.push(Line::plain(title));
        }
        for group in self.groups {
            let title = format!("{}: {}", excerpt(&group.name, 60), counted(group.tally.records(), "record"));
            lines.extend(scores(title, &group.tally, columns, false));
        }
        lines.extend(explanations(&[self.all]));
        if self.unreadable > 0 {
            let text = format!("{} without a known type or a score, not shown", counted(self.unreadable, "record"));
            lines.push(Line::plain(text));
        }
        lines
    }
}

impl fmt::Display for ScoresView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.lines().iter().map(Line::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}
