//! The matrix as rows of cells in column order, kept as they are while nothing in them changes.

use std::sync::Arc;

use esteira_shared::{
    dto::processes::{MatrixCell, MonthMatrixDto},
    ids::ClientId,
};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct GridRow {
    pub(super) client_id: ClientId,
    pub(super) client_name: String,
    /// One per operator, in the order of the columns.
    pub(super) cells: Vec<Option<MatrixCell>>,
}

pub(super) type Rows = Vec<Arc<GridRow>>;

/// Rows that are equal to one of `old` are that one, so that only changed rows are drawn again.
pub(super) fn build(matrix: &MonthMatrixDto, old: Option<&Rows>) -> Rows {
    let before: std::collections::HashMap<ClientId, &Arc<GridRow>> =
        old.into_iter().flatten().map(|row| (row.client_id, row)).collect();
    matrix
        .rows
        .iter()
        .map(|row| {
            let cells = matrix
                .operators
                .iter()
                .map(|operator| row.cells.iter().find(|cell| cell.operator_id == operator.id).cloned());
            let made = GridRow {
                client_id: row.client_id,
                client_name: row.client_name.clone(),
                cells: cells.collect(),
            };
            match before.get(&row.client_id) {
                Some(same) if ***same == made => Arc::clone(same),
                _ => Arc::new(made),
            }
        })
        .collect()
}
