//! Trying the connection to SAT with what is saved.

use leptos::prelude::*;

use super::super::connection_test::{ConnectionTest, Try};
use crate::{api, i18n::tr};

#[component]
pub(super) fn SatTest(dirty: Signal<bool>, configured: Signal<bool>) -> impl IntoView {
    view! { <ConnectionTest call=try_it ok failed dirty configured/> }
}

fn try_it() -> Try {
    Box::pin(api::administration::test_sat_connection())
}

fn ok(took: String) -> String {
    tr!(settings.test_ok, took = took)
}

fn failed(took: String) -> String {
    tr!(settings.test_failed, took = took)
}
