//! The browser's local storage, under our prefix: another installation may lie on the same host. boot.js and door.js use
//! the same names. Refused storage (private windows) reads as empty.

use crate::base::base;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

pub fn read(key: &str) -> Option<String> {
    storage()?.get_item(&name(key)).ok()?
}

pub fn write(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(&name(key), value);
    }
}

pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&name(key));
    }
}

fn name(key: &str) -> String {
    format!("esteira{}.{key}", base())
}
