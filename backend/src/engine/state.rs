//! The one state machine of a job. Every change of `jobs.status` asks it, and the `CHECK`s of both databases agree.

use esteira_shared::status::JobStatus;

use super::job::Job;
use crate::error::{AppError, AppResult};

/// What happens to a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A worker takes it.
    Claim,
    Succeed,
    /// Back to waiting: another attempt, a rescue, or handed back by a worker that stops.
    Requeue,
    /// Over without success.
    Bury,
    Cancel,
    /// A person starts it once more.
    Revive,
}

/// The status after a step, or nothing when the step is not possible.
pub(super) const fn next(from: JobStatus, step: Step) -> Option<JobStatus> {
    match (from, step) {
        (JobStatus::Queued, Step::Claim) => Some(JobStatus::Running),
        (JobStatus::Running, Step::Succeed) => Some(JobStatus::Succeeded),
        (JobStatus::Running, Step::Requeue) | (JobStatus::Dead | JobStatus::Cancelled, Step::Revive) => {
            Some(JobStatus::Queued)
        }
        (JobStatus::Running, Step::Bury) => Some(JobStatus::Dead),
        (JobStatus::Queued | JobStatus::Running, Step::Cancel) => Some(JobStatus::Cancelled),
        _ => None,
    }
}

/// The status of a job after a step.
///
/// # Errors
/// `internal` when the step is not possible, which is a fault of the caller.
pub(super) fn after(job: &Job, step: Step) -> AppResult<JobStatus> {
    next(job.status, step).ok_or_else(|| {
        AppError::internal(anyhow::anyhow!(
            "job {} is {}: no {step:?} from there",
            job.id,
            job.status
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [Step; 6] = [
        Step::Claim,
        Step::Succeed,
        Step::Requeue,
        Step::Bury,
        Step::Cancel,
        Step::Revive,
    ];

    #[test]
    fn success_is_final_and_every_other_state_has_a_way_on() {
        for status in JobStatus::ALL {
            let ways = STEPS.iter().filter(|step| next(*status, **step).is_some()).count();
            assert_eq!(ways == 0, *status == JobStatus::Succeeded, "{status}");
        }
    }

    #[test]
    fn only_a_claim_starts_and_only_a_person_revives() {
        for status in JobStatus::ALL {
            for step in STEPS {
                match next(*status, step) {
                    Some(JobStatus::Running) => assert_eq!((*status, step), (JobStatus::Queued, Step::Claim)),
                    Some(JobStatus::Queued) if status.is_over() => assert_eq!(step, Step::Revive),
                    _ => {}
                }
            }
        }
    }
}
