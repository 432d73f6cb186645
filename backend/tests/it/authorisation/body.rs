//! What is sent to operations that take JSON.

use serde_json::{Value, json};

use super::Ids;

/// A body that passes every check, so that only access can refuse.
pub(super) fn body(id: &str, ids: &Ids) -> Option<Value> {
    Some(match id {
        "create_setup" => {
            json!({ "code": "x", "organization_name": "X", "name": "X", "email": "x@x.example", "password": "longa-o-bastante" })
        }
        "create_session" => json!({ "email": "nobody@x.example", "password": "x" }),
        "update_password" => json!({ "current_password": "wrong", "new_password": "longa-o-bastante" }),
        "create_user" => {
            json!({ "name": "N", "email": format!("{}@n.example", uuid::Uuid::now_v7()), "role": "viewer", "password": "longa-o-bastante" })
        }
        "update_user" => json!({ "name": "N", "role": "viewer", "active": true, "version": 1 }),
        "create_token" => json!({ "name": "T", "scopes": ["tokens:manage"], "expires_in_days": 1 }),
        "update_organization" => {
            json!({ "name": "O", "timezone": "America/Sao_Paulo", "late_after_days": 3, "max_document_bytes": 100_000, "sat_url": null, "version": 999 })
        }
        "create_operator" => json!({ "name": uuid::Uuid::now_v7().to_string() }),
        "update_operator" => {
            json!({ "name": "N", "possui_rpa": false, "rpa_terceirizado": false, "url_endpoint_rpa": null, "active": true, "version": 1 })
        }
        "create_client" | "update_client" => {
            json!({ "razao_social": "C", "cnpj": "12ABC34501DE35", "active": true, "version": 1 })
        }
        "create_account" => json!({ "operator_id": ids.operator, "account_number": "1" }),
        "update_account" => json!({ "account_number": "1", "portal_login": null, "active": true, "version": 1 }),
        "update_process" => json!({ "valor_fatura": "1.00", "data_vencimento": null, "version": 1 }),
        "approve_process" => json!({ "version": 1, "sha256": "00" }),
        "reject_process" => json!({ "version": 1, "reason": "r" }),
        "withdraw_process" | "reopen_process" | "send_process" => json!({ "version": 1 }),
        "confirm_process" => json!({ "version": 1, "protocol": "P-1" }),
        "bulk_approve_processes" | "bulk_reject_processes" | "bulk_send_processes" | "bulk_download_processes" => {
            json!({ "target": { "ids": [ids.process] }, "reason": "r", "dry_run": true })
        }
        "bulk_change_jobs" => json!({ "action": "cancel", "target": { "ids": [ids.job] }, "dry_run": true }),
        "create_webhook" | "update_webhook" => {
            json!({ "name": uuid::Uuid::now_v7().to_string(), "url": "https://hooks.example.com", "events": ["job.failed"], "active": true, "version": 1 })
        }
        "create_execution" => json!({ "process_id": ids.process, "tipo": "DOWNLOAD_FATURA" }),
        "rerun_execution" => json!({}),
        "bulk_change_executions" => {
            json!({ "action": "cancel", "target": { "ids": [ids.execution] }, "dry_run": true })
        }
        "update_robot_settings" => {
            json!({
                "url": null, "honours_keys": true, "max_minutes": 1, "max_running": 1, "max_per_operator": 1,
                "sat_transport": "https", "version": 999,
            })
        }
        "create_schedule" => crate::schedules::monthly(&uuid::Uuid::now_v7().to_string()),
        "update_schedule" => {
            let mut update = crate::schedules::monthly("Agendado");
            let more = json!({
                "parameters": null, "catch_up": "none", "catch_up_hours": 24, "overlap": "skip",
                "pause_after_failures": 5, "active": true, "version": 999,
            });
            update
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            update
        }
        "preview_schedule_draft" => {
            let mut request = crate::schedules::monthly("X")["schedule"].clone();
            request["from"] = json!("2026-01-01T00:00:00Z");
            request
        }
        "pause_schedule" => json!({ "note": "n" }),
        "bulk_pause_schedules" | "bulk_resume_schedules" => json!({ "target": { "ids": [ids.schedule] } }),
        "update_schedule_exceptions" => json!({ "exceptions": [], "version": 999 }),
        "backfill_schedule" => json!({ "from": "2026-01-01", "to": "2026-01-02", "dry_run": true }),
        "run_missed_schedule_runs" | "dismiss_missed_schedule_runs" => {
            json!({ "target": { "ids": [ids.schedule_run] } })
        }
        "import_schedules" => json!({ "format": "crontab", "text": "# nada", "dry_run": true }),
        "create_backup" => json!({ "documents": false, "encrypt": false }),
        "run_process" => json!({ "tipo": "rpa", "sincrono": false }),
        "preview_retention" => json!({}),
        "create_maintenance" => {
            json!({ "area": "robots", "reason": "r", "starts_at": in_days(40), "ends_at": in_days(41) })
        }
        "send_month_report" => json!({ "month": "2026-10" }),
        "create_calendar" => json!({ "name": uuid::Uuid::now_v7().to_string(), "title": "C" }),
        "update_calendar" => json!({ "title": "C", "version": 999 }),
        "create_calendar_day" => json!({ "date": "2027-06-24", "name": "D", "kind": "local" }),
        "update_calendar_day" => json!({ "date": "2026-06-24", "name": "D", "kind": "local", "version": 999 }),
        "import_calendar" => json!({ "format": "csv", "text": "2026-06-24;D", "dry_run": true }),
        "check_calendar" => json!({ "year": 2026 }),
        "set_job_limit" => json!({ "lane": "nowhere", "max_running": 1 }),
        _ => return None,
    })
}

/// An instant that nothing here lives to see.
pub(super) fn in_days(days: i64) -> String {
    (chrono::Utc::now() + chrono::TimeDelta::days(days)).to_rfc3339()
}
