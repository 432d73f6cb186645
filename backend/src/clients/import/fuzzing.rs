//! What is true of any file that is imported.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use esteira_shared::{
    dto::clients::IMPORT_ERRORS_SHOWN,
    error::ErrorCode,
    ids::{OperatorId, OrganizationId},
};
use uuid::Uuid;

use super::{count, parse::parse};
use crate::operators::Operator;

/// A file with clients and accounts.
pub fn csv_import(data: &[u8]) {
    let parsed = match parse(data, &[operator()]) {
        Ok(parsed) => parsed,
        Err(error) => {
            assert_eq!(error.code(), ErrorCode::Validation);
            return;
        }
    };
    let bad = parsed.read - count(&parsed.rows);
    assert!(
        bad >= 0 && parsed.error_count >= bad,
        "each row is good, or says why not"
    );
    assert!(parsed.errors.len() <= IMPORT_ERRORS_SHOWN && count(&parsed.errors) <= parsed.error_count);
    for refused in &parsed.errors {
        assert!(refused.error.field != "senha" || refused.value.is_empty());
        assert!(refused.value.chars().count() <= 80, "{refused:?}");
    }
    let mut seen = HashSet::new();
    for row in &parsed.rows {
        assert!(seen.insert((row.cnpj.clone(), row.operator)), "{} twice", row.cnpj);
        let texts = [
            (Some(&row.name), 1, 160),
            (Some(&row.account_number), 1, 60),
            (row.login.as_ref(), 1, 160),
            (row.password.as_ref(), 1, 200),
        ];
        for (text, least, most) in texts {
            let Some(text) = text else { continue };
            assert!((least..=most).contains(&text.chars().count()), "{text:?}");
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

fn operator() -> Operator {
    Operator {
        id: OperatorId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        name: "VIVO".to_owned(),
        sort_name: "vivo".to_owned(),
        possui_rpa: true,
        rpa_terceirizado: false,
        url_endpoint_rpa: None,
        active: true,
        created_at: DateTime::<Utc>::UNIX_EPOCH.into(),
        updated_at: DateTime::<Utc>::UNIX_EPOCH.into(),
        version: 1,
    }
}
