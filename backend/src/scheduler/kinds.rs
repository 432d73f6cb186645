//! The kinds of schedules of a program, by their words.

use std::collections::BTreeMap;

use esteira_shared::{
    error::{ErrorCode, FieldCode, FieldError},
    ids::OrganizationId,
    permission::Permission,
    reason::Reason,
    status::{CatchUp, ScheduleKind},
    validate::Validate as _,
};
use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{Fired, ScheduleRow, Scheduled};
use crate::{
    db::Tx,
    engine::{Failure, Host, JobContext, TaskResult},
    error::{AppError, AppResult},
};

/// What can be scheduled.
pub struct Kinds<A> {
    kinds: BTreeMap<ScheduleKind, Kind<A>>,
    on_paused: Option<OnPaused>,
}

/// Called when the program itself paused a schedule, with the reason. What it writes is committed once.
pub type OnPaused = for<'a> fn(&'a mut Tx, &'a ScheduleRow, &'a Reason) -> BoxFuture<'a, AppResult<()>>;

/// What is known of a kind without its code.
#[derive(Debug, Clone, PartialEq)]
pub struct KindFacts {
    pub kind: ScheduleKind,
    /// What a new schedule begins with.
    pub parameters: Value,
    pub catch_up: CatchUp,
    /// It writes to people.
    pub to_people: bool,
    /// What it takes beside `schedules:manage` to make or change one.
    pub needs: Option<Permission>,
}

/// A [`Scheduled`] without its types, so that different ones fit one map.
struct Kind<A> {
    facts: fn() -> KindFacts,
    check: Check,
    run: Run<A>,
}

type Check = for<'a> fn(&'a mut Tx, OrganizationId, Value) -> BoxFuture<'a, AppResult<Value>>;
type Run<A> = for<'a> fn(&'a JobContext<A>, &'a Fired, Value) -> BoxFuture<'a, TaskResult>;

impl<A> Default for Kinds<A> {
    fn default() -> Self {
        Self {
            kinds: BTreeMap::new(),
            on_paused: None,
        }
    }
}

impl<A: Host> Kinds<A> {
    /// Adds a kind; one of the same word gives way.
    #[must_use]
    pub fn with<K: Scheduled<App = A>>(mut self) -> Self {
        let kind = Kind {
            facts: facts::<K>,
            check: check::<K>,
            run: run::<K>,
        };
        self.kinds.insert(K::KIND, kind);
        self
    }

    /// Calls a function when a schedule was paused because it failed too often or can no longer be planned.
    #[must_use]
    pub fn on_paused(mut self, told: OnPaused) -> Self {
        self.on_paused = Some(told);
        self
    }

    /// All of them, in the order of their words.
    #[must_use]
    pub fn facts(&self) -> Vec<KindFacts> {
        self.kinds.values().map(|kind| (kind.facts)()).collect()
    }

    /// Nothing when this program does not have the kind.
    #[must_use]
    pub fn fact(&self, kind: ScheduleKind) -> Option<KindFacts> {
        Some((self.kinds.get(&kind)?.facts)())
    }

    /// Reads and checks what a schedule tells its kind, and answers with all fields filled in. `null` stands for what
    /// the kind has by itself.
    ///
    /// # Errors
    /// `validation`, with fields below `parameters`; what the kind refuses with.
    pub async fn check(
        &self,
        tx: &mut Tx,
        organization: OrganizationId,
        kind: ScheduleKind,
        parameters: &Value,
    ) -> AppResult<Value> {
        let Some(found) = self.kinds.get(&kind) else {
            let message = format!("this program has no {kind}");
            return Err(AppError::validation(vec![FieldError::new(
                "kind",
                FieldCode::Unknown,
                message,
            )]));
        };
        let checked = (found.check)(tx, organization, parameters.clone()).await;
        checked.map_err(|error| error.within("parameters"))
    }

    /// Runs the code of a kind.
    pub(super) async fn run(
        &self,
        job: &JobContext<A>,
        kind: ScheduleKind,
        fired: &Fired,
        parameters: Value,
    ) -> TaskResult {
        match self.kinds.get(&kind) {
            Some(found) => (found.run)(job, fired, parameters).await,
            None => Err(Failure::Unknown(kind.to_string())),
        }
    }

    /// Tells who wants to know that a schedule was paused.
    pub(super) async fn tell_paused(&self, tx: &mut Tx, schedule: &ScheduleRow, why: &Reason) -> AppResult<()> {
        match self.on_paused {
            Some(told) => told(tx, schedule, why).await,
            None => Ok(()),
        }
    }
}

fn facts<K: Scheduled>() -> KindFacts {
    KindFacts {
        kind: K::KIND,
        parameters: serde_json::to_value(K::Parameters::default()).unwrap_or_default(),
        catch_up: K::CATCH_UP,
        to_people: K::TO_PEOPLE,
        needs: K::NEEDS,
    }
}

fn check<K: Scheduled>(
    tx: &mut Tx,
    organization: OrganizationId,
    parameters: Value,
) -> BoxFuture<'_, AppResult<Value>> {
    Box::pin(async move {
        let parameters = read::<K>(parameters)?;
        K::check(tx, organization, &parameters).await?;
        serde_json::to_value(&parameters).map_err(AppError::internal)
    })
}

fn run<'a, K: Scheduled>(
    job: &'a JobContext<K::App>,
    fired: &'a Fired,
    parameters: Value,
) -> BoxFuture<'a, TaskResult> {
    Box::pin(async move {
        match read::<K>(parameters) {
            Ok(parameters) => K::run(job, fired, parameters).await,
            Err(fields) => Err(refused(&fields)),
        }
    })
}

fn read<K: Scheduled>(parameters: Value) -> Result<K::Parameters, Vec<FieldError>> {
    let parameters: K::Parameters = match parameters {
        Value::Null => K::Parameters::default(),
        given => serde_path_to_error::deserialize(given).map_err(|error| vec![unread(&error)])?,
    };
    parameters.validate()?;
    Ok(parameters)
}

fn unread(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    let (path, message) = (error.path().to_string(), error.inner().to_string());
    let named = |start: &str| Some(message.strip_prefix(start)?.split('`').next()?.to_owned());
    let (field, code) = match (named("missing field `"), named("unknown field `")) {
        (Some(field), _) => (field, FieldCode::Required),
        // The path ends in its name already.
        (None, Some(field)) if path == "." => (field, FieldCode::Unknown),
        (None, Some(_)) => (path, FieldCode::Unknown),
        (None, None) => (path, FieldCode::Invalid),
    };
    FieldError::new(&field, code, message)
}

/// What a kind cannot begin with: a person must change it.
pub(super) fn refused(fields: &[FieldError]) -> Failure {
    let said: Vec<String> = fields
        .iter()
        .map(|field| format!("{}: {}", field.field, field.message))
        .collect();
    Failure::Business {
        cause: Reason::ScheduleParametersRefused { error: said.join("; ") },
        step: None,
        action: Some(Reason::CorrectScheduleParameters {}),
    }
}

/// The same of what [`Kinds::check`] answered.
pub(super) fn refusal(error: AppError) -> Failure {
    match error.code() {
        ErrorCode::Validation => refused(error.fields()),
        _ => Failure::Technical(error.into()),
    }
}
