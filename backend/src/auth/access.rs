//! Who may call an operation, read from the signature of its handler.

use esteira_shared::permission::Permission;

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everybody, strangers too.
    Anyone,
    /// A person in a browser; tokens are refused.
    Session,
    /// Every session and every token.
    SignedIn,
    /// Sessions and tokens that have the permission.
    Needs(Permission),
}

/// A handler's first argument, which says who may call it.
#[diagnostic::on_unimplemented(
    message = "the handler's first argument `{Self}` does not say who may call it",
    note = "begin the handler with `Require<…>`, `SignedIn`, `InSession` or `Anyone`"
)]
pub trait Admits {
    const ACCESS: Access;
}

/// All arguments of a handler, as in the type parameter of `axum::handler::Handler`: first axum's own marker, then the
/// arguments.
pub trait Arguments {
    const ACCESS: Access;
}

macro_rules! arguments {
    ($($more:ident)*) => {
        impl<Marker, First: Admits, $($more),*> Arguments for (Marker, First, $($more,)*) {
            const ACCESS: Access = First::ACCESS;
        }
    };
}

arguments!();
arguments!(A);
arguments!(A B);
arguments!(A B C);
arguments!(A B C D);
arguments!(A B C D E);
arguments!(A B C D E F);
