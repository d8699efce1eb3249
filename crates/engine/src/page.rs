//! Pages of lists.

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResultPage<T, C> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last page.
    pub next: Option<C>,
}

impl<T, C> ResultPage<T, C> {
    /// Builds a page of at most `limit` items. Pass one item more than that, which shows that there
    /// is another page.
    pub(crate) fn from_rows(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> C) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }

    /// Converts the items.
    pub(crate) fn map<U>(self, convert: impl FnMut(T) -> U) -> ResultPage<U, C> {
        ResultPage {
            items: self.items.into_iter().map(convert).collect(),
            next: self.next,
        }
    }
}
