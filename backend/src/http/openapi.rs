//! The OpenAPI document, generated from the handlers.

use utoipa::{
    Modify, OpenApi,
    openapi::{
        Object, Type,
        path::{ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

/// What the generated paths and schemas are added to.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Esteira",
        description = "Monthly telecom invoices: from the operator's portal, through approval, to the tax system.\n\n\
            People use a session cookie; programs send a token made under Administração → Tokens as `Authorization: Bearer`. \
            Lists are pages: send `next_cursor` back as `cursor`. Errors have one shape, `ErrorBody`, with a closed list of codes.",
    ),
    components(schemas(
        esteira_shared::error::ErrorBody,
        esteira_shared::dto::administration::ApiTokenState,
        esteira_shared::dto::executions::ExecutionSort,
        esteira_shared::dto::logs::LogChunk,
        esteira_shared::dto::jobs::JobSort,
        esteira_shared::dto::jobs::StatsRange,
        esteira_shared::dto::processes::ProcessSort,
        esteira_shared::dto::schedules::RunStatuses
    )),
    modifiers(&Schemes),
)]
pub struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::auth::session::COOKIE))),
        );
        components.add_security_scheme(
            "token",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .build(),
            ),
        );
    }
}

/// Adds the header `Idempotency-Key` to each operation that changes something by POST.
pub(super) fn describe_idempotency(document: &mut utoipa::openapi::OpenApi) {
    let header = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Repeating the request under the same key, within 24 hours, changes nothing and gets the first answer again.",
        ))
        .schema(Some(Object::with_type(Type::String)))
        .build();
    for item in document.paths.paths.values_mut() {
        if let Some(operation) = item.post.as_mut().filter(|operation| operation.security.is_some()) {
            operation.parameters.get_or_insert_default().push(header.clone().into());
        }
    }
}
