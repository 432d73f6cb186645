//! The columns of the list of jobs.

use esteira_shared::{dto::jobs::JobDto, status::JobStatus};
use leptos::prelude::*;
use leptos_router::components::A;

use super::words;
use crate::{
    components::{Column, CopyText, RelativeTime},
    i18n::tr,
    pages::processes::words::actor,
    routes::paths,
    text::{format, reasons, tasks},
};

pub(super) fn columns() -> Vec<Column<JobDto>> {
    vec![
        Column::new("task", tr!(monitor.task), |job: &JobDto| {
            let code = tasks::word(&job.task).is_some().then(|| job.task.clone());
            let title = tasks::title(&job.task);
            view! {
                <span class="job-name">
                    <A href=paths::job(job.id)>{title}</A>
                    {code.map(|code| view! { <code class="faint">{code}</code> })}
                </span>
            }
        })
        .main()
        .sort("task"),
        Column::new("status", tr!(monitor.status), status).sort("status"),
        Column::new("subject", tr!(monitor.subject), |job: &JobDto| {
            words::subject(&job.task, job.subject_id)
        }),
        Column::new("created", tr!(monitor.created), |job: &JobDto| {
            view! { <span class="muted"><RelativeTime at=job.created_at/></span> }
        })
        .sort("created"),
        Column::new("finished", tr!(monitor.finished), |job: &JobDto| {
            match job.finished_at {
                Some(at) => view! { <span class="muted"><RelativeTime at/></span> }.into_any(),
                None => view! { <span class="faint">"—"</span> }.into_any(),
            }
        })
        .sort("finished"),
        Column::new("duration", tr!(monitor.duration), |job: &JobDto| {
            job.duration_ms.map_or_else(|| "—".to_owned(), format::duration)
        })
        .numeric()
        .sort("duration"),
        Column::new("by", tr!(monitor.requested_by), |job: &JobDto| actor(&job.requested_by)),
        Column::new("queue", tr!(monitor.queue), |job: &JobDto| words::queue(&job.queue)).hidden(),
        Column::new("lane", tr!(monitor.lane), |job: &JobDto| {
            let lane = if job.lane.is_empty() {
                "—".to_owned()
            } else {
                job.lane.clone()
            };
            view! { <span class="mono break">{lane}</span> }
        })
        .hidden(),
        Column::new("id", tr!(monitor.id), |job: &JobDto| {
            view! { <CopyText text=job.id.to_string() shown=tasks::short_id(job.id) mono=true/> }
        })
        .hidden(),
    ]
}

/// The mark, which attempt it is, and what it says or failed with.
fn status(job: &JobDto) -> impl IntoView + use<> {
    let attempt = (job.attempt > 0).then(|| {
        view! {
            <small class="num muted nowrap" title=tr!(monitor.attempt, number = job.attempt, most = job.max_attempts)>
                <span class="sr-only">{tr!(monitor.attempts)}" "</span>
                {tr!(monitor.attempt_of, number = job.attempt, most = job.max_attempts)}
            </small>
        }
    });
    let text = match job.status {
        JobStatus::Running => job
            .progress_message_coded
            .as_ref()
            .map(|reason| format!("{} % · {}", job.progress, reasons::told(reason))),
        JobStatus::Succeeded => None,
        _ => job.last_error_coded.as_ref().map(reasons::told),
    };
    view! {
        <span class="cell-status">
            {words::mark(job, false)}
            {attempt}
            {text.map(|text| view! { <small class="truncate faint" title=reasons::plain(&text)>{reasons::quotes(&text)}</small> })}
        </span>
    }
}
