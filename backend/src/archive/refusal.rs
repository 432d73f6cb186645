//! Why an archive cannot be used, for the shell in English and for pages as a reason.

use esteira_shared::reason::Reason;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("this is no backup of Esteira, or its end is missing")]
    NoArchive,
    #[error("the backup is encrypted; give --identity-file or --passphrase-file")]
    Encrypted,
    #[error("the backup is not encrypted; leave out --identity-file and --passphrase-file")]
    NotEncrypted,
    #[error("this key does not open the backup")]
    WrongKey,
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    #[error("the backup was made by a newer version: its format {0} is unknown here")]
    NewerFormat(u32),
    #[error("the backup was made by a newer version: migration {0} is unknown here; restore it with that version")]
    NewerSchema(String),
    #[error("the tables are not those of the backup: {0}")]
    OtherTables(String),
    #[error("what was restored differs: {table} has {found} rows instead of {expected}")]
    RowsDiffer { table: String, expected: u64, found: u64 },
    #[error("what was restored differs: rows of {0} have other contents")]
    ContentsDiffer(String),
    #[error("the database says that what was restored is not sound: {0}")]
    Unsound(String),
    #[error("stopped")]
    Stopped,
}

impl Refusal {
    /// The same as it is kept and shown.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self {
            Self::RowsDiffer { table, expected, found } => Reason::BackupRowsDiffer {
                table: table.clone(),
                expected: *expected,
                found: *found,
            },
            Self::ContentsDiffer(table) => Reason::BackupContentsDiffer { table: table.clone() },
            Self::Damaged(what) => Reason::BackupDamaged { what: what.clone() },
            Self::Stopped => Reason::Cancelled {},
            other => Reason::quoted(other.to_string()),
        }
    }

    /// What an error was, when it was one of these.
    #[must_use]
    pub fn of(error: &anyhow::Error) -> Option<&Self> {
        error.downcast_ref::<Self>()
    }
}

/// Damage that was met while reading.
pub(super) fn damaged(error: impl std::fmt::Display) -> anyhow::Error {
    Refusal::Damaged(error.to_string()).into()
}
