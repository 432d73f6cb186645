//! How many connections each address has open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use crate::auth::rate_limit::network;

/// Connections by address. Cheap to clone.
#[derive(Clone)]
pub(super) struct Peers {
    /// Absent: any number.
    most: Option<usize>,
    counts_loopback: bool,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection; it is counted until this is dropped.
pub(super) struct Peer {
    peers: Peers,
    /// Absent: not counted.
    address: Option<IpAddr>,
}

impl Peers {
    pub(super) fn new(most: Option<usize>, counts_loopback: bool) -> Self {
        Self {
            most,
            counts_loopback,
            open: Arc::default(),
        }
    }

    /// Nothing when the address has as many as it may.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Peer> {
        let address = address.to_canonical();
        let counted = self.most.filter(|_| self.counts_loopback || !address.is_loopback());
        let address = network(address);
        let Some(most) = counted else {
            return Some(Peer {
                peers: self.clone(),
                address: None,
            });
        };
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Peer {
            peers: self.clone(),
            address: Some(address),
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let Some(address) = self.address else { return };
        let mut open = self.peers.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

    use super::*;

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_has_so_many_and_no_more() {
        let peers = Peers::new(Some(2), false);
        let first = peers.enter(at("203.0.113.7")).unwrap();
        let _second = peers.enter(at("::ffff:203.0.113.7")).unwrap();
        assert!(peers.enter(at("203.0.113.7")).is_none());
        assert!(peers.enter(at("203.0.113.8")).is_some());
        drop(first);
        let _third = peers.enter(at("203.0.113.7")).unwrap();

        // One customer has a whole network of IPv6.
        let _six = [1, 2].map(|host| peers.enter(at(&format!("2001:db8::{host}"))).unwrap());
        assert!(peers.enter(at("2001:db8::3")).is_none());
        assert!(peers.enter(at("2001:db8:0:1::3")).is_some());
        assert_eq!(peers.open.lock().unwrap().len(), 2, "who left is forgotten");
    }

    #[test]
    fn the_machine_itself_and_a_trusted_proxy_are_not_counted() {
        let peers = Peers::new(Some(1), false);
        let local = ["127.0.0.1", "127.0.0.1", "::1", "::1"].map(|text| peers.enter(at(text)));
        assert!(local.iter().all(Option::is_some));
        let behind_proxy = Peers::new(None, false);
        let same = [(); 3].map(|()| behind_proxy.enter(at("203.0.113.7")));
        assert!(same.iter().all(Option::is_some));
    }
}
