//! Addresses from which people signed in well lately. Wrong guesses elsewhere do not keep them out there.

use std::net::IpAddr;

use chrono::TimeDelta;
use diesel::prelude::*;
use esteira_shared::{
    ids::{OrganizationId, UserId},
    instant::Instant,
};

use super::{
    Auth,
    rate_limit::{Standing, network},
    session,
};
use crate::{
    db::{DbConn, RunQueryDsl, Tx, schema::sign_in_addresses},
    error::AppResult,
    with_conn,
};

/// So long after signing in from it, an address is known.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Of one person; the oldest gives way.
const MOST: usize = 10;

/// What speaks for somebody who guesses the password of `user` from here. `token` is of the session that came along.
///
/// # Errors
/// When the database refuses.
pub async fn standing(auth: &Auth, user: UserId, token: Option<&str>, address: IpAddr) -> AppResult<Standing> {
    if let Some(token) = token
        && session::owner(auth, token).await? == Some(user)
    {
        return Ok(Standing::InSession);
    }
    let mut conn = auth.0.db.read().await?;
    Ok(match is_known(&mut conn, user, address, auth.0.clock.now()).await? {
        true => Standing::KnownAddress,
        false => Standing::Stranger,
    })
}

async fn is_known(conn: &mut DbConn, user: UserId, address: IpAddr, now: Instant) -> QueryResult<bool> {
    let place = network(address).to_string();
    let used: Option<Instant> = with_conn!(conn, |c| sign_in_addresses::table
        .filter(
            sign_in_addresses::user_id
                .eq(user)
                .and(sign_in_addresses::network.eq(place))
        )
        .select(sign_in_addresses::used_at)
        .first(c)
        .await
        .optional())?;
    Ok(used.is_some_and(|used| now - used <= KEPT))
}

/// Somebody signed in well from here.
pub(super) async fn remember(
    tx: &mut Tx,
    organization: OrganizationId,
    user: UserId,
    address: IpAddr,
) -> QueryResult<()> {
    let now = tx.now();
    let row = (
        sign_in_addresses::user_id.eq(user),
        sign_in_addresses::organization_id.eq(organization),
        sign_in_addresses::network.eq(network(address).to_string()),
        sign_in_addresses::used_at.eq(now),
    );
    with_conn!(tx.conn(), |c| diesel::insert_into(sign_in_addresses::table)
        .values(row)
        .on_conflict((sign_in_addresses::user_id, sign_in_addresses::network))
        .do_update()
        .set(sign_in_addresses::used_at.eq(now))
        .execute(c)
        .await)?;
    let places: Vec<(String, Instant)> = with_conn!(tx.conn(), |c| sign_in_addresses::table
        .filter(sign_in_addresses::user_id.eq(user))
        .order(sign_in_addresses::used_at.desc())
        .select((sign_in_addresses::network, sign_in_addresses::used_at))
        .load(c)
        .await)?;
    let gone: Vec<String> = places
        .into_iter()
        .enumerate()
        .filter(|(place, (_, used))| *place >= MOST || now - *used > KEPT)
        .map(|(_, (network, _))| network)
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    with_conn!(tx.conn(), |c| diesel::delete(
        sign_in_addresses::table.filter(
            sign_in_addresses::user_id
                .eq(user)
                .and(sign_in_addresses::network.eq_any(gone))
        )
    )
    .execute(c)
    .await)?;
    Ok(())
}
