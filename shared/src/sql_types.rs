//! How the shared types travel to and from the two databases. The SQL types are our own, so that one schema fits both.
//! They are here because Rust lets only the crate of a type implement these traits for it. `typed_ids!` and `words!` do
//! so for each id and each closed list.
//!
//! | SQL type | PostgreSQL | SQLite | Rust |
//! |---|---|---|---|
//! | [`SqlUuid`] | `uuid` | hyphenated text | typed ids |
//! | [`SqlInstant`] | `timestamptz` | fixed-width RFC 3339 text in UTC, whose order is that of time | [`Instant`] |
//! | [`SqlWord`] | `text` | text | closed lists of words, [`Month`] |
//! | [`SqlMoney`] | `bigint` cents | integer cents | [`Money`] |
//! | `Text` | text: JSON, or the plain text of a quote | the same | [`Reason`] |

use chrono::{DateTime, Utc};
use diesel::{
    deserialize::{self, FromSql},
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{BigInt, SqlType, Text, Timestamptz},
    sqlite::{Sqlite, SqliteValue},
};

use crate::{instant::Instant, money::Money, month::Month, reason::Reason};

#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Text"))]
pub struct SqlUuid;

#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Text"))]
pub struct SqlInstant;

#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 25, array_oid = 1009), sqlite_type(name = "Text"))]
pub struct SqlWord;

#[derive(SqlType, QueryId)]
#[diesel(postgres_type(oid = 20, array_oid = 1016), sqlite_type(name = "Long"))]
pub struct SqlMoney;

/// What diesel's derives would write.
macro_rules! bind {
    ($sql:ty: $rust:ty) => {
        impl diesel::expression::AsExpression<$sql> for $rust {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }

        impl diesel::expression::AsExpression<$sql> for &$rust {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::Queryable<$sql, DB> for $rust
        where
            Self: diesel::deserialize::FromSql<$sql, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}
pub(crate) use bind;

/// The SQL form of a typed id; `typed_ids!` calls it for each.
macro_rules! uuid_value {
    ($id:ident) => {
        $crate::sql_types::bind!($crate::sql_types::SqlUuid: $id);

        const _: () = {
            use diesel::{
                deserialize::{self, FromSql},
                pg::{Pg, PgValue},
                serialize::{self, IsNull, Output, ToSql},
                sqlite::{Sqlite, SqliteValue},
            };
            use $crate::sql_types::SqlUuid;

            impl FromSql<SqlUuid, Pg> for $id {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    Ok(Self(uuid::Uuid::from_slice(value.as_bytes())?))
                }
            }

            impl FromSql<SqlUuid, Sqlite> for $id {
                fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                    Ok(value.read_text().parse()?)
                }
            }

            impl ToSql<SqlUuid, Pg> for $id {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    std::io::Write::write_all(out, self.0.as_bytes())?;
                    Ok(IsNull::No)
                }
            }

            impl ToSql<SqlUuid, Sqlite> for $id {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    out.set_value(self.0.hyphenated().to_string());
                    Ok(IsNull::No)
                }
            }
        };
    };
}
pub(crate) use uuid_value;

/// The SQL form of a type that is its text; `words!` calls it for each closed list.
macro_rules! word_value {
    ($word:ident) => {
        $crate::sql_types::bind!($crate::sql_types::SqlWord: $word);

        const _: () = {
            use diesel::{
                deserialize::{self, FromSql},
                pg::{Pg, PgValue},
                serialize::{self, IsNull, Output, ToSql},
                sqlite::{Sqlite, SqliteValue},
            };
            use $crate::sql_types::SqlWord;

            impl FromSql<SqlWord, Pg> for $word {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    Ok(std::str::from_utf8(value.as_bytes())?.parse()?)
                }
            }

            impl FromSql<SqlWord, Sqlite> for $word {
                fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                    Ok(value.read_text().parse()?)
                }
            }

            impl ToSql<SqlWord, Pg> for $word {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    std::io::Write::write_all(out, self.to_string().as_bytes())?;
                    Ok(IsNull::No)
                }
            }

            impl ToSql<SqlWord, Sqlite> for $word {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    out.set_value(self.to_string());
                    Ok(IsNull::No)
                }
            }
        };
    };
}
pub(crate) use word_value;

word_value!(Month);

bind!(SqlInstant: Instant);

impl FromSql<SqlInstant, Pg> for Instant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(value).map(Self::from)
    }
}

impl ToSql<SqlInstant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(&**self, &mut out.reborrow())
    }
}

impl FromSql<SqlInstant, Sqlite> for Instant {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let text = value.read_text();
        match Self::from_fixed(text.as_bytes()) {
            Some(instant) => Ok(instant),
            None => Ok(DateTime::parse_from_rfc3339(text)?.to_utc().into()),
        }
    }
}

impl ToSql<SqlInstant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let text = match self.fixed() {
            Some(fixed) => std::str::from_utf8(&fixed)?.to_owned(),
            None => self.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        };
        out.set_value(text);
        Ok(IsNull::No)
    }
}

bind!(SqlMoney: Money);

impl FromSql<SqlMoney, Pg> for Money {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<BigInt, Pg>::from_sql(value).map(Self)
    }
}

impl ToSql<SqlMoney, Pg> for Money {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<BigInt, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}

impl FromSql<SqlMoney, Sqlite> for Money {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        FromSql::<BigInt, Sqlite>::from_sql(value).map(Self)
    }
}

impl ToSql<SqlMoney, Sqlite> for Money {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0);
        Ok(IsNull::No)
    }
}

bind!(Text: Reason);

impl FromSql<Text, Pg> for Reason {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::read(std::str::from_utf8(value.as_bytes())?))
    }
}

impl FromSql<Text, Sqlite> for Reason {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::read(&<String as FromSql<Text, Sqlite>>::from_sql(value)?))
    }
}

impl ToSql<Text, Pg> for Reason {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.stored().as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<Text, Sqlite> for Reason {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.stored());
        Ok(IsNull::No)
    }
}
