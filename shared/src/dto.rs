//! Wire structs, one file per application.

/// Words of a closed list in a query, written between commas. Empty means any.
macro_rules! word_list {
    ($(#[$doc:meta])* $name:ident of $word:ty, read by $read:expr, for example $example:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name(pub Vec<$word>);

        #[cfg(feature = "openapi")]
        crate::text_schema!($name, $example);

        impl $name {
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let words: Vec<&str> = self.0.iter().map(|word| word.as_str()).collect();
                serializer.serialize_str(&words.join(","))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                let mut read: Vec<$word> = Vec::new();
                for word in words.map($read) {
                    let word = word.map_err(<D::Error as serde::de::Error>::custom)?;
                    // In order and once each. A sort would be 4 kB of the page for each kind of word.
                    if let Err(place) = read.binary_search_by_key(&word.as_str(), |kept| kept.as_str()) {
                        read.insert(place, word);
                    }
                }
                Ok(Self(read))
            }
        }
    };
}
pub(crate) use word_list;

pub mod administration;
pub mod backups;
pub mod bulk;
pub mod calendars;
pub mod clients;
pub mod emails;
pub mod executions;
pub mod health;
pub mod home;
pub mod jobs;
pub mod logs;
pub mod maintenance;
pub mod operators;
pub mod processes;
pub mod reports;
pub mod retention;
pub mod scheduled;
pub mod schedules;
pub mod search;
pub mod webhooks;
