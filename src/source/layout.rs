//! The columns of several files and sheets that are read as one: the union of theirs, by name.

use std::sync::Arc;

use super::row::Place;

/// The files and sheets of an input, and the columns of all of them together.
#[derive(Debug, Default)]
pub(crate) struct Layout {
    pub(crate) columns: Vec<String>,
    pub(crate) parts: Vec<Part>,
}

/// A file, or a sheet of one.
#[derive(Debug)]
pub(crate) struct Part {
    /// For messages, safe to print.
    pub(crate) name: String,
    pub(crate) place: Arc<Place>,
    pub(crate) columns: Vec<String>,
}

impl Layout {
    /// Adds a part with its columns. The first part's columns come first, so that positions such as `#3` count them. New
    /// columns go before the last ones whose names start with `_`: those that a failure report adds stay at the end.
    pub(super) fn add(&mut self, part: Part) {
        if self.parts.is_empty() {
            self.columns.clone_from(&part.columns);
        } else if part.columns != self.columns {
            let mut at = self.columns.iter().rposition(|name| !name.starts_with('_')).map_or(0, |last| last + 1);
            for name in &part.columns {
                if !self.columns.contains(name) {
                    self.columns.insert(at, name.clone());
                    at += 1;
                }
            }
        }
        self.parts.push(part);
    }

    /// Whether all parts have the same columns in the same order.
    pub(crate) fn is_uniform(&self) -> bool {
        self.different_parts().next().is_none()
    }

    /// The parts that lack a column or have them in another order.
    pub(crate) fn different_parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.columns != self.columns)
    }

    /// Where each column is in a part with these columns; `None` if they are the same.
    pub(super) fn sources(&self, columns: &[String]) -> Option<Vec<Option<usize>>> {
        let source = |name: &String| columns.iter().position(|column| column == name);
        (columns != self.columns).then(|| self.columns.iter().map(source).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Layout, Part};

    fn union(parts: &[&str]) -> Layout {
        let mut layout = Layout::default();
        for part in parts {
            let columns = part.split(',').map(str::to_owned).collect();
            layout.add(Part { name: String::new(), place: Arc::default(), columns });
        }
        layout
    }

    #[test]
    fn columns_are_joined_by_name() {
        for (parts, columns) in [
            (&["a,b", "a,b"][..], "a,b"),
            (&["a,b", "b,a"], "a,b"),
            (&["a,b", "x,a,y", "b,z"], "a,b,x,y,z"),
            (&["a,_row,_error", "b,a,_row,_error"], "a,b,_row,_error"),
            (&["a,b", "a,_row,_error"], "a,b,_row,_error"),
        ] {
            assert_eq!(union(parts).columns.join(","), columns, "{parts:?}");
        }
        let layout = union(&["a,b", "b,c"]);
        assert_eq!((layout.is_uniform(), layout.different_parts().count()), (false, 2));
        assert_eq!(layout.sources(&layout.parts[1].columns), Some(vec![None, Some(0), Some(1)]));
        assert!(union(&["a,b", "a,b"]).is_uniform());
    }
}
