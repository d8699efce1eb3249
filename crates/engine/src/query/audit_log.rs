//! Queries of the audit log.

use crate::Ticket;
use crate::audit::AuditEntry;
use crate::page::ResultPage;
use crate::service::ServiceData;
use crate::store::AuditFilter;

impl ServiceData<'_> {
    /// Lists the audit log by page, newest first: at most `limit` entries with numbers below
    /// `before`, or the latest ones for `None`.
    pub fn list_audit_entries(
        &self,
        before: Option<i64>,
        limit: usize,
    ) -> Ticket<ResultPage<AuditEntry, i64>> {
        self.find_audit_entries(AuditFilter::default(), before, limit)
    }

    /// Lists the entries of the audit log that match a filter by page, newest first.
    pub fn find_audit_entries(
        &self,
        filter: AuditFilter,
        before: Option<i64>,
        limit: usize,
    ) -> Ticket<ResultPage<AuditEntry, i64>> {
        self.engine.inner.readers.run_query(move |reader| {
            let rows = reader.list_audit_page(&filter, before, limit.saturating_add(1))?;
            let entries = rows
                .into_iter()
                .map(|(seq, row)| AuditEntry::from_row(seq, row))
                .collect::<Result<_, _>>()?;
            Ok(ResultPage::from_rows(
                entries,
                limit,
                |entry: &AuditEntry| entry.seq,
            ))
        })
    }
}
