//! Search by the start of words, through an index of each client's words.

use diesel::prelude::*;
use esteira_shared::ids::{ClientId, OrganizationId};

use crate::{
    db::{
        DbConn, RunQueryDsl, Tx,
        schema::{client_words, clients},
    },
    fold::{after_prefix, words},
    with_conn,
};

#[derive(Clone, Insertable)]
#[diesel(table_name = client_words)]
#[diesel(treat_none_as_default_value = false)]
struct WordRow {
    organization_id: OrganizationId,
    word: String,
    client_id: ClientId,
}

/// Writes the words of a client's name anew.
pub(in crate::clients) async fn index(
    tx: &mut Tx,
    organization: OrganizationId,
    id: ClientId,
    name: &str,
) -> QueryResult<()> {
    with_conn!(tx.conn(), |c| diesel::delete(
        client_words::table.filter(client_words::client_id.eq(id))
    )
    .execute(c)
    .await)?;
    insert(tx, organization, vec![(id, name)]).await
}

/// Writes the words of new clients.
pub(in crate::clients) async fn insert(
    tx: &mut Tx,
    organization: OrganizationId,
    new: Vec<(ClientId, &str)>,
) -> QueryResult<()> {
    let rows: Vec<WordRow> = new
        .into_iter()
        .flat_map(|(id, name)| {
            words(name).into_iter().map(move |word| WordRow {
                organization_id: organization,
                word,
                client_id: id,
            })
        })
        .collect();
    for chunk in rows.chunks(1_000) {
        with_conn!(tx.conn(), |c| diesel::insert_into(client_words::table)
            .values(chunk)
            .execute(c)
            .await)?;
    }
    Ok(())
}

/// Clients of which some word starts with each word of `text`, or whose CNPJ starts with it; at most `limit`.
pub async fn matching_clients(
    conn: &mut DbConn,
    organization: OrganizationId,
    text: &str,
    limit: i64,
) -> QueryResult<Vec<ClientId>> {
    let cnpj: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    if cnpj.len() >= 3 && cnpj.contains(|c: char| c.is_ascii_digit()) {
        let found: Vec<ClientId> = with_conn!(conn, |c| clients::table
            .filter(clients::organization_id.eq(organization))
            .filter(clients::cnpj.ge(&cnpj).and(clients::cnpj.lt(after_prefix(&cnpj))))
            .select(clients::id)
            .limit(limit)
            .load(c)
            .await)?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    // The longest word is the rarest: it is looked up, the others only checked.
    let mut wanted = words(text);
    wanted.sort_by_key(|word| std::cmp::Reverse(word.len()));
    // Each is a part of the query; nobody types more.
    wanted.truncate(8);
    let Some((first, others)) = wanted.split_first() else {
        return Ok(Vec::new());
    };
    with_conn!(conn, |c| {
        let mut found = client_words::table
            .filter(client_words::organization_id.eq(organization))
            .filter(
                client_words::word
                    .ge(first)
                    .and(client_words::word.lt(after_prefix(first))),
            )
            .select(client_words::client_id)
            .distinct()
            .limit(limit)
            .into_boxed();
        for other in others {
            let same = diesel::alias!(client_words as other_words);
            found = found.filter(diesel::dsl::exists(
                same.filter(same.field(client_words::organization_id).eq(organization))
                    .filter(same.field(client_words::client_id).eq(client_words::client_id))
                    .filter(
                        same.field(client_words::word)
                            .ge(other)
                            .and(same.field(client_words::word).lt(after_prefix(other))),
                    ),
            ));
        }
        found.load(c).await
    })
}
