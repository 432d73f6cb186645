//! What stands in requests and in answers beside their own content.

use std::{fmt, time::Duration};

use axum::http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{DATE, RETRY_AFTER},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use esteira_shared::{
    dto::{
        clients::ClientCreate,
        executions::ExecutionCreate,
        processes::{ProcessReject, ProcessUpdate},
    },
    error::ErrorCode,
    ids::OperatorId,
    instant::Instant,
    validate::Validate,
};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{db::paging, http::extract::parse, integrations::retry_after as header};

/// A JSON body, read as several requests have it.
pub fn request_body(data: &[u8]) {
    accepted::<ClientCreate>(data);
    accepted::<ProcessReject>(data);
    accepted::<ProcessUpdate>(data);
    // With JSON of any form in it. Numbers with a point may change their last digit when they are written again.
    if let Ok(create) = parse::<ExecutionCreate>(data) {
        let _ = create.validate();
    }
}

fn accepted<T: DeserializeOwned + Serialize + Validate + PartialEq + fmt::Debug>(data: &[u8]) {
    match parse::<T>(data) {
        Ok(value) => {
            let again = serde_json::to_vec(&value).unwrap_or_default();
            assert_eq!(parse::<T>(&again).ok().as_ref(), Some(&value));
            let _ = value.validate();
        }
        Err(error) => {
            let refused = [ErrorCode::MalformedRequest, ErrorCode::Validation].contains(&error.code());
            assert!(refused, "{:?}", error.code());
        }
    }
}

/// The place of a page: one that we made is read as it was, and whatever else is read can be made.
pub fn cursor(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let inside = BASE64_URL_SAFE_NO_PAD.encode(data);
    for text in [&*text, inside.as_str()] {
        again::<(String, OperatorId)>(text);
        again::<(Option<Instant>, OperatorId)>(text);
        again::<i32>(text);
    }
    if !text.contains('\0') {
        same(&(text.into_owned(), OperatorId(Uuid::nil())));
    }
}

fn again<K: DeserializeOwned + Serialize + PartialEq + fmt::Debug>(text: &str) {
    if let Ok(Some(key)) = paging::cursor::<K>(Some(text)) {
        same(&key);
    }
}

fn same<K: DeserializeOwned + Serialize + PartialEq + fmt::Debug>(key: &K) {
    let made = paging::cut(vec![(), ()], 1, |()| key).next_cursor;
    assert!(made.is_some(), "there is another row");
    let read = paging::cursor::<K>(made.as_deref()).ok().flatten();
    assert_eq!(read.as_ref(), Some(key));
}

/// `Retry-After` and `Date`, one in a line.
pub fn retry_after(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for (name, value) in [RETRY_AFTER, DATE]
        .into_iter()
        .zip(data.splitn(2, |byte| *byte == b'\n'))
    {
        let Ok(value) = HeaderValue::from_bytes(value) else {
            return;
        };
        headers.insert(name, value);
    }
    let wait = header::retry_after(StatusCode::TOO_MANY_REQUESTS, &headers);
    assert!(wait.is_none_or(|wait| wait <= Duration::from_hours(1)), "{wait:?}");
    assert_eq!(header::retry_after(StatusCode::SERVICE_UNAVAILABLE, &headers), wait);
    assert_eq!(header::retry_after(StatusCode::OK, &headers), None);
}
