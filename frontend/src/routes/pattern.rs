//! Addresses of pages as the table writes them.

use std::borrow::Cow;

use leptos_router::{PartialPathMatch, PathSegment, PossibleRouteMatch};

use crate::base;

/// `/monitor/tarefas/:id`: a part after a colon stands for any one part of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern(pub &'static str);

impl Pattern {
    /// The text for each `:name`, as written in the address. `None` when the address is another page's.
    pub fn values(self, path: &str) -> Option<Vec<(&'static str, &str)>> {
        let (mut wanted, mut given) = (parts(self.0), parts(base::inside(path)));
        let mut values = Vec::new();
        loop {
            match (wanted.next(), given.next()) {
                (Some(wanted), Some(given)) => match wanted.strip_prefix(':') {
                    Some(name) => values.push((name, given)),
                    None if wanted == given => {}
                    None => return None,
                },
                (None, None) => return Some(values),
                _ => return None,
            }
        }
    }
}

fn parts(address: &str) -> impl Iterator<Item = &str> {
    address.split('/').filter(|part| !part.is_empty())
}

impl PossibleRouteMatch for Pattern {
    fn optional(&self) -> bool {
        false
    }

    /// The whole address or nothing: no page lies inside another.
    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let values = self.values(path)?.into_iter();
        let params = values.map(|(name, value)| (Cow::Borrowed(name), value.to_owned()));
        Some(PartialPathMatch::new("", params.collect(), path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Static(self.0.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn fits_whole_addresses_and_names_what_varies() {
        let webhook = Pattern("/webhooks/:id/mensagens/:message");
        assert_eq!(
            webhook.values("/webhooks/a/mensagens/b"),
            Some(vec![("id", "a"), ("message", "b")])
        );
        assert_eq!(webhook.values("/webhooks/a/mensagens"), None);
        assert_eq!(webhook.values("/webhooks/a/mensagens/b/c"), None);
        assert_eq!(Pattern("/clientes").values("/clientes/"), Some(Vec::new()));
        assert_eq!(Pattern("/clientes").values("/clientela"), None);
        assert_eq!(Pattern("/").values("/"), Some(Vec::new()));
        assert_eq!(Pattern("/").values("/mes"), None);
    }
}
