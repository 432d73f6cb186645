//! Making the first organisation and its administrator.

use esteira_shared::{
    dto::administration::{SetupCreate, UserCreate, UserDto},
    error::ErrorCode,
    permission::Role,
};

use super::{
    organization::{self, Organization},
    user,
};
use crate::{
    auth::{Actor, session},
    db::Tx,
    error::{AppError, AppResult},
};

/// Makes both, and signs the administrator in; `hash` is of the password. Returns the cookie's value too.
///
/// # Errors
/// `setup_done` when somebody was faster.
pub(super) async fn set_up(
    tx: &mut Tx,
    create: SetupCreate,
    hash: String,
    address: String,
    user_agent: String,
) -> AppResult<(Organization, UserDto, String)> {
    organization::lock_first_run(tx).await?;
    if !Organization::none_exists(tx.conn()).await? {
        return Err(done());
    }
    let organization = Organization::create(tx, &create.organization_name).await?;
    let actor = Actor {
        name: create.name.trim().to_owned(),
        ..Actor::system(organization.id)
    };
    let admin = UserCreate {
        name: create.name,
        email: create.email,
        role: Role::Admin,
        password: create.password,
    };
    let user = user::create(tx, &actor, &admin, hash).await?;
    let token = session::start(tx, organization.id, user.id, address, user_agent).await?;
    Ok((organization, user, token))
}

pub(super) fn done() -> AppError {
    AppError::new(ErrorCode::SetupDone, "the first administrator exists already; sign in")
}
