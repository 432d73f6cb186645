//! The first run.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::IntoResponse;
use axum_extra::extract::CookieJar;
use esteira_shared::{
    dto::administration::{SessionDto, SetupCreate, SetupDto},
    error::{FieldCode, FieldError},
};

use crate::{
    administration::{first_run, organization::Organization},
    app::SharedApp,
    auth::{Anyone, csrf, password, session},
    error::{AppError, AppResult},
    http::extract::{ClientAddress, Json, Valid},
};

/// Whether the first administrator is still to be made
#[utoipa::path(get, path = "/setup", tag = "administration", responses((status = 200, body = SetupDto)))]
pub async fn get_setup(_: Anyone, State(app): State<SharedApp>) -> AppResult<Json<SetupDto>> {
    let needed = Organization::none_exists(&mut app.db.read().await?).await?;
    Ok(Json(SetupDto { needed }))
}

/// Make the first organisation and its administrator, and sign in
///
/// Only while there is no organisation, afterwards 409 `setup_done`, and only with the code that the server printed when it
/// started: `code` is refused as `wrong_code` otherwise.
#[utoipa::path(
    post, path = "/setup", tag = "administration", request_body = SetupCreate,
    responses((status = 201, body = SessionDto), (status = 409, body = esteira_shared::error::ErrorBody)),
)]
pub async fn create_setup(
    _: Anyone,
    State(app): State<SharedApp>,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    headers: HeaderMap,
    Valid(create): Valid<SetupCreate>,
) -> AppResult<impl IntoResponse> {
    csrf::check(&app.auth, &axum::http::Method::POST, &headers)?;
    // Asked without a lock first: once set up, a stranger must not make writers wait.
    if !Organization::none_exists(&mut app.db.read().await?).await? {
        return Err(first_run::done());
    }
    if !app.auth.is_setup_code(&create.code) {
        tracing::warn!(%address, "the setup was tried with a wrong code");
        let error = FieldError::new(
            "code",
            FieldCode::WrongCode,
            "see what the server printed when it started",
        );
        return Err(AppError::validation(vec![error]));
    }
    password::refuse_guessable("password", &create.password, &[&create.name, &create.email])?;
    let hash = password::hash(create.password.clone().into()).await?;
    let mut tx = app.db.begin().await?;
    let agent = super::session::user_agent(&headers);
    let (organization, user, token) = first_run::set_up(&mut tx, create, hash, address.to_string(), agent).await?;
    tx.commit().await?;
    let permissions = user.role.permissions();
    let body = SessionDto {
        user,
        organization: organization.into_dto(),
        permissions,
    };
    Ok((
        axum::http::StatusCode::CREATED,
        session::hand_over(&app.auth, jar, token),
        Json(body),
    ))
}
