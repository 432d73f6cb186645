//! What can be done with the process, and doing it.

use std::future::Future;

use esteira_shared::{
    dto::{
        executions::ExecutionCreate,
        processes::{ProcessApprove, ProcessDetailDto, ProcessDto, ProcessMove, ProcessReject},
    },
    ids::ProcessId,
    permission::Permission,
    status::{ExecutionType, ProcessStatus},
    transition::Move,
};
use leptos::prelude::*;

use super::{
    super::{reject::RejectDialog, words},
    edit::EditFacts,
};
use crate::{
    api::{self, ApiResult},
    components::{ConfirmDialog, IconName},
    hooks::{Mutation, Query, use_mutation},
    i18n::tr,
    state::{Session, toasts::use_toasts},
};

/// One thing a person may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Approve,
    Reject,
    Send,
    RetrySend,
    /// Starts a robot.
    Download,
    /// Starts one after another that failed.
    RetryDownload,
    /// Leads to the place where files are dropped.
    Upload,
    Withdraw,
    Reopen,
}

impl Act {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Approve => tr!(processes.approve),
            Self::Reject => tr!(processes.reject_ask),
            Self::Send => tr!(processes.send),
            Self::RetrySend => tr!(processes.retry_send),
            Self::Download => tr!(processes.download),
            Self::RetryDownload => tr!(processes.retry_download),
            Self::Upload => tr!(processes.upload),
            Self::Withdraw => tr!(processes.withdraw),
            Self::Reopen => tr!(processes.reopen),
        }
    }

    pub(super) fn icon(self) -> IconName {
        match self {
            Self::Approve => IconName::Check,
            Self::Reject => IconName::Close,
            Self::Send => IconName::Send,
            Self::Download => IconName::Robot,
            Self::RetrySend | Self::RetryDownload | Self::Reopen => IconName::Retry,
            Self::Upload => IconName::Upload,
            Self::Withdraw => IconName::Left,
        }
    }
}

/// What this person may do now, the next step first.
pub(super) fn acts(detail: &ProcessDetailDto, session: Session) -> Vec<Act> {
    let download = if detail.process.status == ProcessStatus::ErroDownload {
        Act::RetryDownload
    } else {
        Act::Download
    };
    let offered = [
        (Move::Approve, Permission::ReviewProcesses, Act::Approve),
        (Move::StartSend, Permission::SendProcesses, Act::Send),
        (Move::RetrySend, Permission::SendProcesses, Act::RetrySend),
        (Move::StartDownload, Permission::RunRobots, download),
        (Move::Receive, Permission::UploadDocuments, Act::Upload),
        (Move::Reject, Permission::ReviewProcesses, Act::Reject),
        (Move::Withdraw, Permission::ReviewProcesses, Act::Withdraw),
        (Move::Reopen, Permission::UploadDocuments, Act::Reopen),
    ];
    offered
        .into_iter()
        .filter(|(by, needs, _)| detail.allowed.contains(by) && session.may(*needs))
        .filter(|(by, ..)| *by != Move::StartDownload || detail.robot_available)
        .map(|(_, _, act)| act)
        .collect()
}

/// The verbs of the page. Copies freely.
#[derive(Clone, Copy)]
pub(super) struct ProcessActions {
    id: ProcessId,
    pub(super) query: Query<ProcessDetailDto>,
    pub(super) change: Mutation,
    /// Starting a robot, whose refusal stands in the page with the way on.
    pub(super) start: Mutation,
    rejecting: RwSignal<bool>,
    reopening: RwSignal<bool>,
    pub(super) editing: RwSignal<bool>,
}

impl ProcessActions {
    pub(super) fn new(id: ProcessId, query: Query<ProcessDetailDto>) -> Self {
        let (change, start) = (use_mutation(), use_mutation());
        // A conflict means that what is on the screen is old.
        Effect::new(move |_| {
            let conflicts = |mutation: Mutation| {
                mutation
                    .error
                    .with(|error| error.as_ref().is_some_and(|error| error.status == 409))
            };
            let (changing, starting) = (conflicts(change), conflicts(start));
            if changing || starting {
                query.refetch();
            }
        });
        Self {
            id,
            query,
            change,
            start,
            rejecting: RwSignal::new(false),
            reopening: RwSignal::new(false),
            editing: RwSignal::new(false),
        }
    }

    pub(super) fn run(self, act: Act) {
        match act {
            Act::Approve => self.approve(),
            Act::Reject => self.rejecting.set(true),
            Act::Send | Act::RetrySend => {
                self.moved(api::processes::send_process, tr!(processes.sending_started));
            }
            Act::Download | Act::RetryDownload => self.download(),
            Act::Withdraw => self.moved(api::processes::withdraw_process, tr!(processes.withdrawn)),
            Act::Reopen => self.reopening.set(true),
            Act::Upload => go_to_upload(),
        }
    }

    /// One of the two is on its way.
    pub(super) fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.change.busy.get() || self.start.busy.get())
    }

    fn download(self) {
        let create = ExecutionCreate {
            process_id: self.id,
            tipo: ExecutionType::DownloadFatura,
            parametros: serde_json::Map::new(),
        };
        let query = self.query;
        self.start.run_quietly(
            async move { api::executions::create_execution(&create).await },
            move |_| {
                query.refetch();
                use_toasts().done(tr!(processes.robot_started));
            },
        );
    }

    fn process(self) -> Option<ProcessDto> {
        self.query
            .data
            .with_untracked(|detail| detail.as_ref().map(|detail| detail.process.clone()))
    }

    fn approve(self) {
        let Some(process) = self.process() else { return };
        let Some(sha256) = process.fatura_sha256 else { return };
        let seen = ProcessApprove {
            version: process.version,
            sha256,
        };
        let id = self.id;
        self.change(
            async move { api::processes::approve_process(id, &seen).await },
            tr!(processes.approved),
        );
    }

    fn reject(self, reason: String) {
        let Some(process) = self.process() else { return };
        let seen = ProcessReject {
            version: process.version,
            reason,
        };
        let id = self.id;
        self.change(
            async move { api::processes::reject_process(id, &seen).await },
            tr!(processes.rejected),
        );
    }

    fn moved(
        self,
        call: impl AsyncFnOnce(ProcessId, &ProcessMove) -> ApiResult<ProcessDetailDto> + 'static,
        said: &'static str,
    ) {
        let Some(process) = self.process() else { return };
        let seen = ProcessMove {
            version: process.version,
        };
        let id = self.id;
        self.change(async move { call(id, &seen).await }, said);
    }

    fn change(self, call: impl Future<Output = ApiResult<ProcessDetailDto>> + 'static, said: &'static str) {
        self.change.run(call, move |detail| {
            let _ = self.rejecting.try_set(false);
            let _ = self.reopening.try_set(false);
            let _ = self.query.data.try_set(Some(detail));
            use_toasts().done(said);
        });
    }
}

fn go_to_upload() {
    let Some(place) = document().get_element_by_id(super::UPLOAD_ID) else {
        return;
    };
    place.scroll_into_view();
    if let Ok(Some(button)) = place.query_selector("button") {
        use wasm_bindgen::JsCast;
        if let Some(button) = button.dyn_ref::<web_sys::HtmlElement>() {
            let _ = button.focus();
        }
    }
}

#[component]
pub(super) fn ActionDialogs(actions: ProcessActions) -> impl IntoView {
    let name = Signal::derive(move || {
        actions
            .query
            .data
            .with(|detail| detail.as_ref().map(|detail| words::title(&detail.process)))
            .unwrap_or_default()
    });
    view! {
        <RejectDialog open=actions.rejecting name busy=actions.change.busy on_reject=move |reason| actions.reject(reason)/>
        <ConfirmDialog
            open=actions.reopening
            title=tr!(processes.reopen_title)
            confirm=tr!(processes.reopen)
            busy=actions.change.busy
            on_confirm=move |()| actions.moved(api::processes::reopen_process, tr!(processes.reopened))
        >
            <p>{tr!(processes.reopen_text)}</p>
        </ConfirmDialog>
        <EditFacts
            open=actions.editing
            process=Signal::derive(move || actions.query.data.with(|detail| detail.as_ref().map(|detail| detail.process.clone())))
            on_saved=move |detail: ProcessDetailDto| actions.query.set(detail)
            on_conflict=move |()| actions.query.refetch()
        />
    }
}
