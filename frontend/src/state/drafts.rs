//! What was typed and not saved. It is kept for the life of the tab, so nothing is lost when a dialog is closed by
//! accident, another page is opened or the session ends. Only in memory, because drafts may hold passwords.

use std::{any::Any, cell::RefCell, collections::HashMap};

use esteira_shared::ids::UserId;

#[derive(Default)]
struct Drafts {
    owner: Option<UserId>,
    kept: HashMap<String, Box<dyn Any>>,
}

thread_local! {
    static DRAFTS: RefCell<Drafts> = RefCell::default();
}

pub fn keep<T: 'static>(key: &str, draft: T) {
    DRAFTS.with_borrow_mut(|drafts| drafts.kept.insert(key.to_owned(), Box::new(draft)));
}

pub fn find<T: Clone + 'static>(key: &str) -> Option<T> {
    DRAFTS.with_borrow(|drafts| drafts.kept.get(key)?.downcast_ref::<T>().cloned())
}

pub fn forget(key: &str) {
    DRAFTS.with_borrow_mut(|drafts| drafts.kept.remove(key));
}

pub fn forget_all() {
    DRAFTS.with_borrow_mut(|drafts| drafts.kept.clear());
}

/// Somebody signed in: another person's drafts are not theirs.
pub fn belong_to(user: UserId) {
    let other = DRAFTS.with_borrow_mut(|drafts| drafts.owner.replace(user).is_some_and(|before| before != user));
    if other {
        forget_all();
    }
}
