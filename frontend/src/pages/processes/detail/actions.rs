//! What can be done with the process, and doing it.

use std::future::Future;

use esteira_shared::{
    dto::{
        executions::{ExecutionCreate, ExecutionDto},
        processes::{
            ProcessApprove, ProcessDetailDto, ProcessDto, ProcessError, ProcessMove, ProcessReject, ProcessSend,
        },
    },
    ids::ProcessId,
    permission::Permission,
    reason::Reason,
    status::{ExecutionType, ProcessStatus},
    transition::Move,
};
use leptos::prelude::*;

use super::{
    super::{reject::RejectDialog, words},
    confirm::ConfirmSent,
    documents::go_to_upload,
    edit::EditFacts,
};
use crate::{
    api::{self, ApiResult},
    components::{Button, ConfirmDialog, IconName},
    hooks::{Mutation, Query, use_mutation},
    i18n::tr,
    pages::executions::DoubtDialog,
    state::{Session, session::use_session, toasts::use_toasts},
};

/// One thing a person may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Approve,
    Reject,
    /// Asks the API how a robot ended.
    Resume,
    Send,
    RetrySend,
    /// Says that SAT has the document of a sending that failed.
    Confirm,
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
            Self::Resume => tr!(executions.resume),
            Self::Send => tr!(processes.send),
            Self::RetrySend => tr!(processes.retry_send),
            Self::Confirm => tr!(processes.confirm_send),
            Self::Download => tr!(processes.download),
            Self::RetryDownload => tr!(processes.retry_download),
            Self::Upload => tr!(processes.upload),
            Self::Withdraw => tr!(processes.withdraw),
            Self::Reopen => tr!(processes.reopen),
        }
    }

    pub(super) fn icon(self) -> IconName {
        match self {
            Self::Approve | Self::Confirm => IconName::Check,
            Self::Reject => IconName::Close,
            Self::Resume => IconName::Find,
            Self::Send => IconName::Send,
            Self::Download => IconName::Robot,
            Self::RetrySend | Self::RetryDownload | Self::Reopen => IconName::Retry,
            Self::Upload => IconName::Upload,
            Self::Withdraw => IconName::Left,
        }
    }

    /// The kind of robot that it may start.
    fn starts(self) -> Option<ExecutionType> {
        match self {
            Self::Download | Self::RetryDownload => Some(ExecutionType::DownloadFatura),
            Self::Send | Self::RetrySend => Some(ExecutionType::UploadSat),
            _ => None,
        }
    }
}

/// The newest run of a kind, when nobody knows how it ended.
fn unknown_run(detail: &ProcessDetailDto, tipo: ExecutionType) -> Option<&ExecutionDto> {
    let newest = detail.executions.iter().find(|one| one.tipo == tipo);
    newest.filter(|one| one.outcome_unknown)
}

/// SAT may have the document of a failed sending, so somebody has to look there before anything else is done.
pub(super) fn may_be_in_sat(error: &ProcessError) -> bool {
    let action = error.recommended_action_coded.as_ref();
    action.is_some_and(|action| matches!(action.reason(), Reason::CheckSatFirst {}))
}

/// The same of the kind that the process waits for: a person decides what comes next.
pub(super) fn undecided(detail: &ProcessDetailDto) -> Option<&ExecutionDto> {
    let tipo = match detail.process.status {
        ProcessStatus::AguardandoDownload | ProcessStatus::ErroDownload => ExecutionType::DownloadFatura,
        ProcessStatus::AguardandoEnvioSat | ProcessStatus::ErroEnvioSat => ExecutionType::UploadSat,
        _ => return None,
    };
    unknown_run(detail, tipo)
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
        (Move::ConfirmSend, Permission::SendProcesses, Act::Confirm),
        (Move::StartDownload, Permission::RunRobots, download),
        (Move::Receive, Permission::UploadDocuments, Act::Upload),
        (Move::Reject, Permission::ReviewProcesses, Act::Reject),
        (Move::Withdraw, Permission::ReviewProcesses, Act::Withdraw),
        (Move::Reopen, Permission::UploadDocuments, Act::Reopen),
    ];
    // One at a time, also while it waits.
    let has_robot = detail.executions.iter().any(|run| !run.status.is_over());
    // Where the API may still tell, asking it comes first.
    let asks = undecided(detail).is_some_and(|run| detail.resumable.contains(&run.id));
    let resume = (asks && session.may(Permission::RunRobots)).then_some(Act::Resume);
    let others = offered
        .into_iter()
        .filter(|(by, needs, _)| detail.allowed.contains(by) && session.may(*needs))
        .filter(|(by, ..)| *by != Move::StartDownload || (detail.robot_available && !has_robot))
        .map(|(_, _, act)| act);
    resume.into_iter().chain(others).collect()
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
    /// Asking for SAT's number of the document.
    confirming: RwSignal<bool>,
    /// Asking whether it may be done again while nobody knows how the last time ended, and what does it.
    doubting: RwSignal<bool>,
    doubted: RwSignal<Act>,
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
            confirming: RwSignal::new(false),
            doubting: RwSignal::new(false),
            doubted: RwSignal::new(Act::RetryDownload),
            editing: RwSignal::new(false),
        }
    }

    /// Does it, or asks first where it may have been done already.
    pub(super) fn run(self, act: Act) {
        let doubtful = self.query.data.with_untracked(|detail| {
            let started = detail.as_ref().zip(act.starts());
            started.is_some_and(|(detail, tipo)| {
                let sends = tipo == ExecutionType::UploadSat;
                let failed = detail.process.error.as_ref();
                unknown_run(detail, tipo).is_some() || (sends && failed.is_some_and(may_be_in_sat))
            })
        });
        if doubtful {
            self.doubted.set(act);
            self.doubting.set(true);
        } else {
            self.perform(act, false);
        }
    }

    /// The person has been asked.
    fn run_anyway(self) {
        self.doubting.set(false);
        self.perform(self.doubted.get_untracked(), true);
    }

    fn perform(self, act: Act, despite_doubt: bool) {
        match act {
            Act::Approve => self.approve(),
            Act::Reject => self.rejecting.set(true),
            Act::Resume => self.resume(),
            Act::Send | Act::RetrySend => self.send(despite_doubt),
            Act::Download | Act::RetryDownload => self.download(),
            Act::Withdraw => self.moved(api::processes::withdraw_process, tr!(processes.withdrawn)),
            Act::Reopen => self.reopening.set(true),
            Act::Confirm => self.confirming.set(true),
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

    fn resume(self) {
        let query = self.query;
        let unknown = query
            .data
            .with_untracked(|detail| detail.as_ref().and_then(undecided).map(|run| run.id));
        let Some(id) = unknown else { return };
        self.start.run_quietly(api::executions::resume_execution(id), move |_| {
            query.refetch();
            use_toasts().done(tr!(executions.resumed));
        });
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

    fn send(self, despite_doubt: bool) {
        let Some(process) = self.process() else { return };
        let seen = ProcessSend {
            version: process.version,
            despite_doubt,
        };
        let id = self.id;
        self.change(
            async move { api::processes::send_process(id, &seen).await },
            tr!(processes.sending_started),
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

#[component]
pub(super) fn ActionDialogs(actions: ProcessActions) -> impl IntoView {
    let name = Signal::derive(move || {
        actions
            .query
            .data
            .with(|detail| detail.as_ref().map(|detail| words::title(&detail.process)))
            .unwrap_or_default()
    });
    let process = Signal::derive(move || {
        let data = actions.query.data;
        data.with(|detail| detail.as_ref().map(|detail| detail.process.clone()))
    });
    let session = use_session();
    let may_confirm = Memo::new(move |_| {
        let data = actions.query.data;
        data.with(|detail| {
            detail
                .as_ref()
                .is_some_and(|detail| acts(detail, session).contains(&Act::Confirm))
        })
    });
    // The same question answered the other way: it arrived, so nothing is sent again.
    let in_sat = move || {
        may_confirm.get().then(|| {
            let confirm = move |()| {
                actions.doubting.set(false);
                actions.run(Act::Confirm);
            };
            view! { <Button small=true icon=Act::Confirm.icon() on_click=confirm>{Act::Confirm.label()}</Button> }
        })
    };
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
        <DoubtDialog
            open=actions.doubting
            tipo=Signal::derive(move || actions.doubted.get().starts().unwrap_or(ExecutionType::DownloadFatura))
            confirm=Signal::derive(move || actions.doubted.get().label().to_owned())
            on_confirm=move |()| actions.run_anyway()
            aside=in_sat
        />
        <ConfirmSent
            open=actions.confirming
            process
            on_saved=move |detail: ProcessDetailDto| actions.query.set(detail)
            on_conflict=move |()| actions.query.refetch()
        />
        <EditFacts
            open=actions.editing
            process
            on_saved=move |detail: ProcessDetailDto| actions.query.set(detail)
            on_conflict=move |()| actions.query.refetch()
        />
    }
}
