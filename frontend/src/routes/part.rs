//! A view that comes in a file of its own, see ADR 0013.

use std::pin::Pin;

use futures_util::FutureExt as _;
use leptos::{prelude::AnyView, task::spawn_local, wasm_split::SplitLoaderError};

pub type Coming<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

pub struct Part {
    pub load: fn() -> Coming<()>,
    pub draw: fn() -> Coming<AnyView>,
}

impl Part {
    /// Fetches it and calls `then` with whether it came: at once when it is there already.
    pub fn load(&self, then: impl FnOnce(bool) + 'static) {
        let mut loading = (self.load)();
        match loading.as_mut().now_or_never() {
            Some(loaded) => then(loaded.is_ok()),
            None => spawn_local(async move { then(loading.await.is_ok()) }),
        }
    }

    /// The view. `None` when it is not there: [`Part::load`] comes first.
    pub fn draw(&self) -> Option<AnyView> {
        (self.draw)().now_or_never()?.ok()
    }
}

/// A module with `PART`, which draws a view without arguments in the file of that name. What the view needs it takes from
/// the context.
macro_rules! part {
    ($name:ident, $view:path, in $part:ident) => {
        mod $name {
            use leptos::{prelude::*, wasm_split::SplitLoaderError};

            pub(super) static PART: $crate::routes::Part = $crate::routes::Part {
                load: || Box::pin(load()),
                draw: || Box::pin($name()),
            };

            #[leptos::wasm_split::wasm_split(
                                                $part, wasm_split_path = ::leptos::wasm_split, fallible, preload(load)
                                            )]
            fn $name() -> Result<AnyView, SplitLoaderError> {
                Ok($view().into_any())
            }
        }
    };
}
pub(crate) use part;
