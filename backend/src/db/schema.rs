//! The tables, once for both databases, written by hand after `migrations/`.

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    organizations (id) {
        id -> SqlUuid,
        name -> Text,
        timezone -> Text,
        late_after_days -> Integer,
        max_document_bytes -> BigInt,
        sat_url -> Nullable<Text>,
        sat_token_sealed -> Nullable<Text>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    users (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        email -> Text,
        role -> SqlWord,
        password_hash -> Text,
        active -> Bool,
        last_sign_in_at -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    sessions (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        user_id -> SqlUuid,
        token_hash -> Text,
        created_at -> SqlInstant,
        last_seen_at -> SqlInstant,
        expires_at -> SqlInstant,
        address -> Text,
        user_agent -> Text,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    sign_in_addresses (user_id, network) {
        user_id -> SqlUuid,
        organization_id -> SqlUuid,
        network -> Text,
        used_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    api_tokens (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        scopes -> SqlJson,
        user_id -> SqlUuid,
        created_at -> SqlInstant,
        expires_at -> SqlInstant,
        last_used_at -> Nullable<SqlInstant>,
        revoked_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    audit_events (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        at -> SqlInstant,
        actor -> Text,
        actor_user_id -> Nullable<SqlUuid>,
        actor_token_id -> Nullable<SqlUuid>,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<SqlUuid>,
        subject_name -> Text,
        before -> Nullable<SqlJson>,
        after -> Nullable<SqlJson>,
        request_id -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    jobs (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        queue -> Text,
        lane -> Text,
        task -> Text,
        payload -> SqlJson,
        status -> SqlWord,
        priority -> Integer,
        run_at -> SqlInstant,
        rank -> SqlInstant,
        attempt -> Integer,
        losses -> Integer,
        max_attempts -> Integer,
        fence -> BigInt,
        worker_id -> Nullable<SqlUuid>,
        lease_expires_at -> Nullable<SqlInstant>,
        unique_key -> Nullable<Text>,
        unique_scope -> Nullable<SqlWord>,
        subject_id -> Nullable<SqlUuid>,
        requested_by -> Text,
        group_id -> Nullable<SqlUuid>,
        waits_for -> Nullable<SqlUuid>,
        progress -> Integer,
        progress_message -> Nullable<Text>,
        cancel_requested_at -> Nullable<SqlInstant>,
        last_error -> Nullable<Text>,
        last_error_kind -> Nullable<SqlWord>,
        result -> Nullable<SqlJson>,
        created_at -> SqlInstant,
        started_at -> Nullable<SqlInstant>,
        finished_at -> Nullable<SqlInstant>,
        duration_ms -> Nullable<BigInt>,
        elsewhere -> Nullable<SqlWord>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    job_attempts (job_id, fence) {
        job_id -> SqlUuid,
        fence -> BigInt,
        attempt -> Integer,
        worker_id -> SqlUuid,
        started_at -> SqlInstant,
        finished_at -> SqlInstant,
        outcome -> SqlWord,
        error -> Nullable<Text>,
        error_kind -> Nullable<SqlWord>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    job_log_lines (job_id, seq) {
        job_id -> SqlUuid,
        seq -> BigInt,
        at -> SqlInstant,
        level -> Text,
        message -> Text,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    job_words (organization_id, word, job_id) {
        organization_id -> SqlUuid,
        word -> Text,
        job_id -> SqlUuid,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    job_groups (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        total -> Integer,
        pending -> Integer,
        failed -> Integer,
        created_at -> SqlInstant,
        finished_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    job_limits (lane) {
        lane -> Text,
        organization_id -> SqlUuid,
        max_running -> Nullable<Integer>,
        rate_count -> Nullable<Integer>,
        rate_seconds -> Nullable<Integer>,
        next_at -> Nullable<SqlInstant>,
        updated_at -> SqlInstant,
        updated_by -> Text,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    queue_pauses (organization_id, queue) {
        organization_id -> SqlUuid,
        queue -> Text,
        paused_at -> SqlInstant,
        paused_by -> Text,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    job_rollups (organization_id, grain, start, task, outcome, bin) {
        organization_id -> SqlUuid,
        grain -> Text,
        start -> SqlInstant,
        task -> Text,
        outcome -> SqlWord,
        bin -> Integer,
        count -> BigInt,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    queue_depths (organization_id, at, queue) {
        organization_id -> SqlUuid,
        at -> SqlInstant,
        queue -> Text,
        waiting -> BigInt,
        running -> BigInt,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    workers (id) {
        id -> SqlUuid,
        host -> Text,
        pid -> BigInt,
        version -> Text,
        slots -> Integer,
        started_at -> SqlInstant,
        heartbeat_at -> SqlInstant,
        draining_at -> Nullable<SqlInstant>,
        drained_by -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    operators (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        sort_name -> Text,
        possui_rpa -> Bool,
        rpa_terceirizado -> Bool,
        url_endpoint_rpa -> Nullable<Text>,
        active -> Bool,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    clients (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        razao_social -> Text,
        sort_name -> Text,
        cnpj -> Text,
        active -> Bool,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    client_words (organization_id, word, client_id) {
        organization_id -> SqlUuid,
        word -> Text,
        client_id -> SqlUuid,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    accounts (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        client_id -> SqlUuid,
        operator_id -> SqlUuid,
        account_number -> Text,
        portal_login -> Nullable<Text>,
        portal_password_sealed -> Nullable<Text>,
        active -> Bool,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    processes (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        client_id -> SqlUuid,
        operator_id -> SqlUuid,
        account_id -> SqlUuid,
        mes_ano -> SqlWord,
        status -> SqlWord,
        status_since -> SqlInstant,
        url_fatura -> Nullable<Text>,
        fatura_s3_key -> Nullable<Text>,
        fatura_filename -> Nullable<Text>,
        fatura_sha256 -> Nullable<Text>,
        data_upload_manual -> Nullable<SqlInstant>,
        data_download -> Nullable<SqlInstant>,
        valor_fatura -> Nullable<SqlMoney>,
        data_vencimento -> Nullable<Date>,
        data_envio_sat -> Nullable<SqlInstant>,
        sat_protocol -> Nullable<Text>,
        approved_by -> Nullable<Text>,
        approved_at -> Nullable<SqlInstant>,
        approved_sha256 -> Nullable<Text>,
        sat_sent_sha256 -> Nullable<Text>,
        rejection_reason -> Nullable<Text>,
        error_cause -> Nullable<Text>,
        error_step -> Nullable<Text>,
        error_action -> Nullable<Text>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    process_moves (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        process_id -> SqlUuid,
        at -> SqlInstant,
        actor -> Text,
        actor_user_id -> Nullable<SqlUuid>,
        #[sql_name = "move"]
        by_move -> SqlWord,
        from_status -> Nullable<SqlWord>,
        to_status -> SqlWord,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    documents (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        process_id -> SqlUuid,
        number -> Integer,
        filename -> Text,
        storage_key -> Text,
        size_bytes -> BigInt,
        pages -> Integer,
        sha256 -> Text,
        uploaded_by -> Text,
        created_at -> SqlInstant,
        damaged_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    storage_intents (storage_key) {
        storage_key -> Text,
        created_at -> SqlInstant,
        abandoned -> Bool,
        organization_id -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    webhook_endpoints (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        url -> Text,
        events -> SqlJson,
        secret_sealed -> Text,
        active -> Bool,
        off_reason -> Nullable<Text>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
        old_secret_sealed -> Nullable<Text>,
        old_secret_until -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    webhook_deliveries (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        endpoint_id -> SqlUuid,
        event -> SqlWord,
        body -> Text,
        status -> SqlWord,
        tries -> Integer,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        last_answer -> Nullable<Text>,
        last_ms -> Nullable<BigInt>,
        job_id -> SqlUuid,
        created_at -> SqlInstant,
        tried_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    idempotency_keys (organization_id, caller, request_key) {
        organization_id -> SqlUuid,
        caller -> Text,
        request_key -> Text,
        fingerprint -> Text,
        status -> Nullable<Integer>,
        answer_sealed -> Nullable<Text>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    robot_settings (organization_id) {
        organization_id -> SqlUuid,
        url -> Nullable<Text>,
        token_sealed -> Nullable<Text>,
        token_refused_at -> Nullable<SqlInstant>,
        token_refused_endpoint -> Nullable<Text>,
        honours_keys -> Bool,
        max_minutes -> Integer,
        sat_transport -> SqlWord,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    executions (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        process_id -> SqlUuid,
        client_id -> SqlUuid,
        operator_id -> SqlUuid,
        mes_ano -> SqlWord,
        tipo -> SqlWord,
        status -> SqlWord,
        classe_rpa_utilizada -> Text,
        attempt -> Integer,
        retries -> Integer,
        hash_execucao -> Text,
        parametros -> Text,
        parametros_entrada -> Nullable<Text>,
        document_sha256 -> Nullable<Text>,
        resultado -> Nullable<Text>,
        mensagem_final -> Nullable<Text>,
        error_cause -> Nullable<Text>,
        error_step -> Nullable<Text>,
        error_action -> Nullable<Text>,
        outcome_unknown -> Bool,
        endpoint -> Nullable<Text>,
        start_sent_at -> Nullable<SqlInstant>,
        external_job_id -> Nullable<Text>,
        progress -> Integer,
        requested_by -> Text,
        cancel_requested_at -> Nullable<SqlInstant>,
        data_inicio -> Nullable<SqlInstant>,
        data_finalizacao -> Nullable<SqlInstant>,
        tempo_execucao_segundos -> Nullable<BigInt>,
        job_id -> SqlUuid,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    logs (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        lines -> BigInt,
        source_lines -> BigInt,
        source_id -> Nullable<Text>,
        last_line -> Nullable<Text>,
        first_error -> Nullable<BigInt>,
        ended -> Bool,
        permission -> SqlWord,
        dropped_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    log_chunks (log_id, first_seq) {
        log_id -> SqlUuid,
        first_seq -> BigInt,
        last_seq -> BigInt,
        worst -> Integer,
        lines -> Text,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    execution_results (execution_id, position) {
        organization_id -> SqlUuid,
        execution_id -> SqlUuid,
        position -> Integer,
        hash_execucao -> Nullable<Text>,
        status_final -> Nullable<Text>,
        process_id -> Nullable<SqlUuid>,
        effect -> SqlWord,
        note -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    schedules (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        sort_name -> Text,
        kind -> SqlWord,
        parameters -> SqlJson,
        schedule -> SqlJson,
        catch_up -> SqlWord,
        catch_up_hours -> Integer,
        overlap -> SqlWord,
        pause_after_failures -> Integer,
        failures_in_row -> Integer,
        active -> Bool,
        paused_at -> Nullable<SqlInstant>,
        paused_by -> Nullable<SqlUuid>,
        pause_note -> Nullable<Text>,
        pause_cause -> Nullable<SqlWord>,
        next_nominal_at -> Nullable<SqlInstant>,
        next_at -> Nullable<SqlInstant>,
        settled_at -> SqlInstant,
        created_by -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    schedule_runs (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        schedule_id -> SqlUuid,
        nominal_at -> SqlInstant,
        due_at -> SqlInstant,
        origin -> SqlWord,
        status -> SqlWord,
        cause -> Nullable<SqlWord>,
        blocked_by -> Nullable<SqlUuid>,
        job_id -> Nullable<SqlUuid>,
        requested_by -> Nullable<SqlUuid>,
        moved -> SqlJson,
        changes -> SqlJson,
        fired_at -> Nullable<SqlInstant>,
        ended_at -> Nullable<SqlInstant>,
        result -> Nullable<SqlJson>,
        failure -> Nullable<Text>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    calendars (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        title -> Text,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    calendar_days (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        calendar_id -> SqlUuid,
        day -> Text,
        yearly -> Bool,
        name -> Text,
        kind -> SqlWord,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    calendar_imports (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        calendar_id -> SqlUuid,
        file_name -> Text,
        format -> SqlWord,
        added -> SqlJson,
        changed -> SqlJson,
        removed -> SqlJson,
        added_days -> Integer,
        changed_days -> Integer,
        removed_days -> Integer,
        imported_by -> Text,
        imported_at -> SqlInstant,
        undone_by -> Nullable<Text>,
        undone_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    holiday_checks (organization_id, year) {
        organization_id -> SqlUuid,
        year -> Integer,
        differences -> Integer,
        checked_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    maintenances (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        area -> SqlWord,
        reason -> Text,
        starts_at -> SqlInstant,
        ends_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        created_by -> SqlUuid,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    email_contents (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        text -> Text,
        html -> Nullable<Text>,
        attachment_name -> Nullable<Text>,
        attachment -> Nullable<Text>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    emails (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        recipient -> Text,
        subject -> Text,
        content_id -> SqlUuid,
        unsubscribe_url -> Nullable<Text>,
        status -> SqlWord,
        tries -> Integer,
        trying_since -> Nullable<SqlInstant>,
        uncertain -> Bool,
        last_error -> Nullable<Text>,
        last_answer -> Nullable<Text>,
        job_id -> SqlUuid,
        schedule_run_id -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        tried_at -> Nullable<SqlInstant>,
        sent_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use crate::db::sql_types::*;
    use diesel::sql_types::*;

    backups (id) {
        id -> SqlUuid,
        organization_id -> SqlUuid,
        name -> Text,
        storage_key -> Text,
        status -> SqlWord,
        size_bytes -> Nullable<BigInt>,
        sha256 -> Nullable<Text>,
        encrypted -> Bool,
        with_documents -> Bool,
        documents -> BigInt,
        documents_bytes -> BigInt,
        documents_missing -> BigInt,
        row_count -> BigInt,
        database_kind -> Text,
        version -> Text,
        manifest -> Nullable<SqlJson>,
        proof_ms -> Nullable<BigInt>,
        failure -> Nullable<Text>,
        made_by -> Text,
        schedule_id -> Nullable<SqlUuid>,
        job_id -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        deleted_at -> Nullable<SqlInstant>,
    }
}

diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(api_tokens -> users (user_id));
diesel::joinable!(users -> organizations (organization_id));
diesel::joinable!(accounts -> clients (client_id));
diesel::joinable!(accounts -> operators (operator_id));
diesel::joinable!(processes -> clients (client_id));
diesel::joinable!(processes -> operators (operator_id));
diesel::joinable!(processes -> accounts (account_id));
diesel::joinable!(documents -> processes (process_id));
diesel::joinable!(client_words -> clients (client_id));
diesel::joinable!(executions -> processes (process_id));
diesel::joinable!(schedule_runs -> schedules (schedule_id));
diesel::joinable!(schedule_runs -> jobs (job_id));
diesel::joinable!(calendar_days -> calendars (calendar_id));
diesel::joinable!(maintenances -> users (created_by));
diesel::joinable!(emails -> email_contents (content_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    api_tokens,
    backups,
    calendar_days,
    calendars,
    client_words,
    clients,
    documents,
    email_contents,
    emails,
    execution_results,
    executions,
    job_attempts,
    job_words,
    jobs,
    log_chunks,
    logs,
    maintenances,
    operators,
    organizations,
    process_moves,
    processes,
    schedule_runs,
    schedules,
    sessions,
    users,
);
