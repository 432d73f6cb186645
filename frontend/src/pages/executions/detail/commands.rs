//! What can be done with a run, and doing it.

use std::future::Future;

use esteira_shared::{
    dto::executions::{ExecutionDetailDto, ExecutionDto, ExecutionRerun},
    ids::ExecutionId,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use serde_json::{Map, Value};

use crate::{
    api::{self, ApiResult},
    hooks::{Mutation, Query, use_mutation},
    i18n::tr,
    routes::paths,
    state::toasts::use_toasts,
};

type Go = Box<dyn Fn(&str)>;

/// The verbs of the page. Copies freely.
#[derive(Clone, Copy)]
pub(super) struct ExecutionCommands {
    id: ExecutionId,
    pub(super) query: Query<ExecutionDetailDto>,
    pub(super) change: Mutation,
    /// Asking whether to cancel.
    pub(super) cancelling: RwSignal<bool>,
    /// Asking whether another run may begin while nobody knows how this one ended.
    pub(super) doubting: RwSignal<bool>,
    /// Writing other parameters for another run.
    pub(super) writing: RwSignal<bool>,
    go: StoredValue<Go, LocalStorage>,
}

impl ExecutionCommands {
    pub(super) fn new(id: ExecutionId, query: Query<ExecutionDetailDto>) -> Self {
        let change = use_mutation();
        // Refused because it stands differently by now: what is on the screen is old.
        Effect::new(move |_| {
            if change
                .error
                .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
            {
                query.refetch();
            }
        });
        let navigate = use_navigate();
        let go: Go = Box::new(move |address| navigate(address, NavigateOptions::default()));
        Self {
            id,
            query,
            change,
            cancelling: RwSignal::new(false),
            doubting: RwSignal::new(false),
            writing: RwSignal::new(false),
            go: StoredValue::new_local(go),
        }
    }

    /// With the same parameters as before. Asks first where this run may have done its work.
    pub(super) fn rerun(self) {
        let unknown = self
            .query
            .data
            .with_untracked(|detail| detail.as_ref().is_some_and(|detail| detail.execution.outcome_unknown));
        if unknown {
            self.doubting.set(true);
        } else {
            self.send(None);
        }
    }

    /// The person has been asked.
    pub(super) fn rerun_anyway(self) {
        self.doubting.set(false);
        self.send(None);
    }

    pub(super) fn rerun_with(self, parametros: Map<String, Value>) {
        self.send(Some(parametros));
    }

    fn send(self, parametros: Option<Map<String, Value>>) {
        let (id, rerun) = (self.id, ExecutionRerun { parametros });
        self.start(
            async move { api::executions::rerun_execution(id, &rerun).await },
            tr!(executions.rerun_done),
        );
    }

    /// Asks the API how it ended.
    pub(super) fn resume(self) {
        self.start(api::executions::resume_execution(self.id), tr!(executions.resumed));
    }

    /// Sends, says so, and goes where the answer is: another run, or this one anew.
    fn start(self, call: impl Future<Output = ApiResult<ExecutionDto>> + 'static, said: &'static str) {
        self.change.run_quietly(call, move |answer| {
            use_toasts().done(said);
            // Nobody is taken away from a page they have gone to meanwhile.
            if self.writing.try_set(false).is_some() {
                return;
            }
            if answer.id == self.id {
                self.query.refetch();
            } else {
                self.go.with_value(|go| go(&paths::execution(answer.id)));
            }
        });
    }
}
