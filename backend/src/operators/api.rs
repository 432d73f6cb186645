pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod update;

use esteira_shared::{dto::operators::OperatorDto, permission::Permission};

use crate::{auth::Principal, integrations::outbound::shown_address};

/// An operator as this reader may see it: the path of its robot's address may hold a secret.
fn shown_to(reader: &Principal, operator: OperatorDto) -> OperatorDto {
    if reader.may(Permission::WriteRegistry) {
        return operator;
    }
    OperatorDto {
        url_endpoint_rpa: operator.url_endpoint_rpa.as_deref().map(shown_address),
        ..operator
    }
}
