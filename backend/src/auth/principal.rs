//! The one who asks.

use esteira_shared::{
    ids::{ApiTokenId, OrganizationId, SessionId, UserId},
    instant::Instant,
    permission::{Permission, Role},
};

use crate::{
    db::once::Caller,
    error::{AppError, AppResult},
};

/// An authenticated person or machine.
#[derive(Debug, Clone)]
pub struct Principal {
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    /// The person's name, or the token's.
    pub name: String,
    pub role: Role,
    pub credential: Credential,
    /// When the session or the token ends. A session that is used until then goes on for longer.
    pub proved_until: Instant,
}

/// How they proved it.
#[derive(Debug, Clone)]
pub enum Credential {
    Session(SessionId),
    /// The permissions it was given; never more than its maker's role has.
    Token {
        id: ApiTokenId,
        scopes: Vec<Permission>,
        expires_at: Instant,
    },
}

impl Principal {
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.role.allows(permission)
            && match &self.credential {
                Credential::Session(_) => true,
                Credential::Token { scopes, .. } => scopes.contains(&permission),
            }
    }

    /// # Errors
    /// `forbidden`, naming the permission.
    pub fn require(&self, permission: Permission) -> AppResult<()> {
        if self.may(permission) {
            return Ok(());
        }
        let message = format!("this needs the permission {permission}");
        Err(AppError::new(esteira_shared::error::ErrorCode::Forbidden, message))
    }

    #[must_use]
    pub fn permissions(&self) -> Vec<Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(|permission| self.may(*permission))
            .collect()
    }

    /// The browser's session; none for a machine.
    #[must_use]
    pub fn session_id(&self) -> Option<SessionId> {
        match &self.credential {
            Credential::Session(id) => Some(*id),
            Credential::Token { .. } => None,
        }
    }

    /// When a machine's token ends; a person's rights do not end by themselves.
    #[must_use]
    pub fn ends_at(&self) -> Option<Instant> {
        match &self.credential {
            Credential::Session(_) => None,
            Credential::Token { expires_at, .. } => Some(*expires_at),
        }
    }

    /// Whose idempotency keys it uses.
    #[must_use]
    pub(super) fn caller(&self) -> Caller {
        let name = match &self.credential {
            Credential::Session(_) => format!("user {}", self.user_id),
            Credential::Token { id, .. } => format!("token {id}"),
        };
        Caller {
            organization: self.organization_id,
            name,
        }
    }

    #[must_use]
    pub fn actor(&self) -> Actor {
        let token_id = match &self.credential {
            Credential::Session(_) => None,
            Credential::Token { id, .. } => Some(*id),
        };
        Actor {
            organization_id: self.organization_id,
            name: self.name.clone(),
            user_id: Some(self.user_id),
            token_id,
        }
    }
}

/// Who does something, as histories keep it. This may also be the system itself, when a job acts.
#[derive(Debug, Clone)]
pub struct Actor {
    pub organization_id: OrganizationId,
    pub name: String,
    pub user_id: Option<UserId>,
    pub token_id: Option<ApiTokenId>,
}

impl Actor {
    /// The name of the program itself.
    pub const SYSTEM: &'static str = "sistema";

    /// A job acting by itself.
    #[must_use]
    pub fn system(organization_id: OrganizationId) -> Self {
        Self {
            organization_id,
            name: Self::SYSTEM.to_owned(),
            user_id: None,
            token_id: None,
        }
    }
}
