//! Who asked lately. A page makes many requests within a second, and each needs to know who asks. The answer is kept
//! for three seconds, and forgotten at once when anybody's rights change.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::TimeDelta;
use esteira_shared::instant::Instant;

use super::Principal;
use crate::secrets::sha256_hex;

/// If the signal of a change is lost, the change takes effect after this at the latest.
const KEPT: TimeDelta = TimeDelta::seconds(3);
/// With so many kept, those that are over are removed.
const MOST: usize = 10_000;

/// What proves who asks.
#[derive(Clone, Copy)]
pub(super) enum Proof<'a> {
    Session(&'a str),
    Token(&'a str),
}

/// Principals by what proved them.
#[derive(Default)]
pub struct Known(Mutex<HashMap<String, Entry>>);

struct Entry {
    principal: Principal,
    /// When it was read.
    since: Instant,
    until: Instant,
    epoch: u64,
}

impl Entry {
    fn holds(&self, now: Instant, epoch: u64) -> bool {
        self.epoch == epoch && self.since <= now && now < self.until
    }
}

impl Known {
    pub(super) fn find(&self, proof: Proof<'_>, now: Instant, epoch: u64) -> Option<Principal> {
        let key = proof.key();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = known.get(&key)?;
        entry.holds(now, epoch).then(|| entry.principal.clone())
    }

    /// `epoch` was read before the principal, so that a change in between is not missed.
    pub(super) fn keep(&self, proof: Proof<'_>, principal: Principal, now: Instant, epoch: u64) {
        let key = proof.key();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, entry| entry.holds(now, epoch));
        }
        if known.len() < MOST {
            let entry = Entry {
                since: now,
                until: principal.proved_until.min(now + KEPT),
                principal,
                epoch,
            };
            known.insert(key, entry);
        }
    }
}

impl Proof<'_> {
    /// A hash, so that memory does not hold the proof itself. A session never passes for a token.
    fn key(self) -> String {
        match self {
            Self::Session(token) => sha256_hex(format!("session {token}").as_bytes()),
            Self::Token(token) => sha256_hex(format!("token {token}").as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use esteira_shared::{
        ids::{OrganizationId, SessionId, UserId},
        permission::Role,
    };
    use uuid::Uuid;

    use super::*;
    use crate::auth::principal::Credential;

    fn ana(proved_until: Instant) -> Principal {
        Principal {
            organization_id: OrganizationId(Uuid::nil()),
            user_id: UserId(Uuid::nil()),
            name: "Ana".to_owned(),
            role: Role::Analyst,
            credential: Credential::Session(SessionId(Uuid::nil())),
            proved_until,
        }
    }

    #[test]
    fn holds_for_three_seconds_until_the_end_of_its_proof_or_a_change() {
        let start: Instant = chrono::DateTime::UNIX_EPOCH.into();
        let at = |seconds| start + TimeDelta::seconds(seconds);
        let known = Known::default();
        let proof = Proof::Session("s");
        known.keep(proof, ana(at(600)), at(0), 7);
        assert!(known.find(proof, at(2), 7).is_some());
        assert!(known.find(proof, at(3), 7).is_none(), "too long ago");
        assert!(known.find(proof, at(-1), 7).is_none(), "the clock was set back");
        assert!(known.find(proof, at(1), 8).is_none(), "somebody's rights changed");
        assert!(
            known.find(Proof::Token("s"), at(1), 7).is_none(),
            "a session is no token"
        );
        known.keep(proof, ana(at(11)), at(10), 7);
        assert!(known.find(proof, at(11), 7).is_none(), "the session ended");
    }
}
