//! Who asked.

use esteira_shared::ids::{ApiTokenId, OrganizationId, UserId};
use serde::{Deserialize, Serialize};

use crate::auth::{Actor, Principal};

/// Who asked, as the payload of the job keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Requester {
    user_id: UserId,
    user_name: String,
    /// When a machine asked.
    token_id: Option<ApiTokenId>,
}

impl Requester {
    pub(super) fn of(principal: &Principal) -> Self {
        Self {
            user_id: principal.user_id,
            user_name: principal.name.clone(),
            token_id: principal.actor().token_id,
        }
    }

    pub(super) fn actor(&self, organization_id: OrganizationId) -> Actor {
        Actor {
            organization_id,
            name: self.user_name.clone(),
            user_id: Some(self.user_id),
            token_id: self.token_id,
        }
    }
}
