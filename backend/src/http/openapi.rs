//! The OpenAPI document, generated from the handlers.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
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
        esteira_shared::dto::jobs::JobSort,
        esteira_shared::dto::jobs::StatsRange,
        esteira_shared::dto::processes::ProcessSort
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

/// The whole document.
#[must_use]
pub fn document() -> utoipa::openapi::OpenApi {
    crate::http::router::api().split_for_parts().1
}
