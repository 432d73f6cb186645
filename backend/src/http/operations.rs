//! Handlers as operations of the API: their routes, and who may call them, for the document.

use axum::{handler::Handler, routing::MethodRouter};
use utoipa::openapi::{path::Paths, security::SecurityRequirement};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::{
    app::SharedApp,
    auth::{Access, Arguments},
};

/// Takes the handlers of one path, as `utoipa_axum::routes!` does. Each operation's `security` follows from its
/// handler's first argument. A handler whose first argument does not say who may call it does not compile.
#[macro_export]
macro_rules! routes {
    ($($($handler:ident)::+),+ $(,)?) => {
        $crate::http::operations::together([$(
            $crate::http::operations::secured(utoipa_axum::routes!($($handler)::+), &$($handler)::+),
        )+])
    };
}

/// One handler's operation, with who may call it.
pub fn secured<H, T>(
    (schemas, mut paths, router): UtoipaMethodRouter<SharedApp>,
    _handler: &H,
) -> UtoipaMethodRouter<SharedApp>
where
    H: Handler<T, SharedApp>,
    T: Arguments,
{
    let security = security(T::ACCESS);
    for item in paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.options,
            &mut item.head,
            &mut item.patch,
            &mut item.trace,
        ];
        for operation in operations.into_iter().flatten() {
            operation.security = Some(security.clone());
        }
    }
    (schemas, paths, router)
}

/// The operations of one path.
pub fn together<const N: usize>(routes: [UtoipaMethodRouter<SharedApp>; N]) -> UtoipaMethodRouter<SharedApp> {
    let none = (Vec::new(), Paths::new(), MethodRouter::new());
    routes
        .into_iter()
        .fold(none, |(mut schemas, mut paths, router), (its, path, handler)| {
            schemas.extend(its);
            paths.merge(path);
            (schemas, paths, router.merge(handler))
        })
}

/// As the document has it: any one of these lets a request in.
fn security(access: Access) -> Vec<SecurityRequirement> {
    let (schemes, scope): (&[&str], Option<&str>) = match access {
        Access::Anyone => return vec![SecurityRequirement::default()],
        Access::Session => (&["session"], None),
        Access::SignedIn => (&["session", "token"], None),
        Access::Needs(permission) => (&["session", "token"], Some(permission.as_str())),
    };
    schemes
        .iter()
        .map(|scheme| SecurityRequirement::new(*scheme, scope))
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::extract::State;
    use serde_json::json;

    use super::*;
    use crate::auth::{Anyone, InSession, Require, SignedIn, permission::ReviewProcesses};

    fn of<H: Handler<T, SharedApp>, T: Arguments>(_handler: H) -> serde_json::Value {
        json!(security(T::ACCESS))
    }

    #[test]
    fn the_first_argument_says_who_may_call() {
        async fn anyone(_: Anyone, _: State<SharedApp>) {}
        async fn browser(_: InSession) {}
        async fn signed_in(_: SignedIn, _: State<SharedApp>, _: String) {}
        async fn reviewer(_: Require<ReviewProcesses>, _: State<SharedApp>) {}
        assert_eq!(of(anyone), json!([{}]));
        assert_eq!(of(browser), json!([{ "session": [] }]));
        assert_eq!(of(signed_in), json!([{ "session": [] }, { "token": [] }]));
        assert_eq!(
            of(reviewer),
            json!([{ "session": ["processes:review"] }, { "token": ["processes:review"] }])
        );
    }

    #[utoipa::path(get, path = "/rows")]
    async fn list_rows(_: SignedIn) {}

    #[utoipa::path(post, path = "/rows")]
    async fn create_row(_: Require<ReviewProcesses>) {}

    #[test]
    fn each_operation_of_a_path_has_its_own() {
        let (_, paths, _) = crate::routes!(list_rows, create_row);
        let document = json!(paths);
        let scopes = |method: &str| document.pointer(&format!("/~1rows/{method}/security/1/token")).cloned();
        assert_eq!(scopes("get"), Some(json!([])));
        assert_eq!(scopes("post"), Some(json!(["processes:review"])));
    }
}
