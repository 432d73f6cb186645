//! Which column is which field. The macros name the structs of `answers`, so whoever uses them imports those as well.

/// A struct from the first columns of a row, in their order. The rows of both databases have such a method, and no trait.
macro_rules! read {
    ($row:ident . $get:ident => $made:ident { $($field:ident),+ $(,)? } $($more:ident: $value:expr),*) => {{
        let mut column = 0_usize;
        $made {
            $($field: {
                column += 1;
                $row.$get(column - 1)?
            },)+
            $($more: $value,)*
        }
    }};
}

/// Where each answer's columns stand, once for both databases.
macro_rules! rows {
    ($row:ident . $get:ident, process) => {
        read!($row.$get => Process {
            id, client_id, client_name, client_cnpj, operator_id, operator_name, account_id, account_number, mes_ano, status,
            status_since, url_fatura, fatura_s3_key, fatura_filename, fatura_sha256, data_upload_manual, data_download,
            valor_fatura, data_vencimento, data_envio_sat, sat_protocol, approved_by, approved_at, rejection_reason,
            created_at, updated_at, version,
        } error: ProcessError::of($row.$get(27)?, $row.$get(28)?, $row.$get(29)?))
    };
    ($row:ident . $get:ident, user) => {
        read!($row.$get => User { id, name, email, role, active, last_sign_in_at, created_at, version })
    };
    ($row:ident . $get:ident, organization) => {
        Organization {
            id: $row.$get(8)?,
            name: $row.$get(9)?,
            timezone: $row.$get(10)?,
            late_after_days: $row.$get(11)?,
            max_document_bytes: $row.$get(12)?,
            sat_url: $row.$get(13)?,
            sat_token_set: $row.$get(14)?,
            version: $row.$get(15)?,
        }
    };
    ($row:ident . $get:ident, cell) => {
        (
            $row.$get(6)?,
            $row.$get(7)?,
            read!($row.$get => Cell { process_id, operator_id, status, status_since, valor_fatura, cause }
                cause_coded: Coded::of($row.$get(5)?), late: false),
        )
    };
    ($row:ident . $get:ident, count) => {
        read!($row.$get => Count { status, count })
    };
    ($row:ident . $get:ident, operator) => {
        read!($row.$get => Operator { id, name, active })
    };
    ($row:ident . $get:ident, step) => {
        read!($row.$get => Step { id, at, actor, by, from, to, reason } reason_coded: Coded::of($row.$get(6)?))
    };
    ($row:ident . $get:ident, document) => {
        read!($row.$get => Document { id, number, filename, size_bytes, pages, sha256, uploaded_by, created_at })
    };
    ($row:ident . $get:ident, place) => {
        read!($row.$get => Place { process_id, client_name, operator_name, mes_ano, filename, number, created_at })
    };
}

pub(crate) use {read, rows};
