//! Every operation × every role × every kind of credential.

use esteira_shared::permission::{Permission, Role};

use super::{
    Access, Ids, call, operations,
    readers::{fresh, outlived, token_with, worthless},
    tried::Tried,
};
use crate::{on_both, support::Fixture};

on_both!(every_route_lets_in_exactly_whom_it_says, |test| {
    let fixture = Fixture::new(&test, "uma").await;
    let ids = Ids::of(&test, &fixture).await;
    // Nothing here, so that the calls of the allowed change nothing of what the others look for.
    let nowhere = |path: &str| {
        let id = uuid::Uuid::now_v7().to_string();
        path.replace("{id}", &id)
            .replace("{process_id}", &id)
            .replace("{job_id}", &id)
            .replace("{run_id}", &id)
            .replace("{month}", "2020-01")
            .replace("{name}", "nowhere")
    };
    let operations = operations();
    let (worthless, outlived) = (worthless(&test, &fixture).await, outlived(&test, &fixture).await);
    let mut tried = Tried::default();
    for operation in &operations {
        let open = matches!(operation.access, Access::Public);
        let (status, text) = call(&test.stranger(), operation, &nowhere(&operation.path), &ids).await;
        tried.count("stranger");
        if open {
            assert!(
                status != 403 && (status != 401 || operation.id == "create_session"),
                "{}: {status}",
                operation.id
            );
            continue;
        }
        assert_eq!(status, 401, "stranger at {}: {text}", operation.id);
        for (name, client) in &worthless {
            let (status, text) = call(client, operation, &nowhere(&operation.path), &ids).await;
            tried.count("worthless");
            assert_eq!(status, 401, "{name} at {}: {text}", operation.id);
        }
        for role in Role::ALL {
            let client = fresh(&test, &fixture, *role).await;
            let (status, text) = call(&client, operation, &nowhere(&operation.path), &ids).await;
            tried.count("role");
            let allowed = match operation.access {
                Access::Needs(permission) => role.allows(permission),
                _ => true,
            };
            if allowed {
                assert!(
                    !matches!(status, 401 | 403 | 405 | 500..),
                    "{role} at {}: {status} {text}",
                    operation.id
                );
            } else {
                assert_eq!(status, 403, "{role} at {}: {text}", operation.id);
            }
            if !operation.method.is_safe() {
                let (status, text) = call(&client.without_csrf(), operation, &nowhere(&operation.path), &ids).await;
                tried.count("cross-site");
                assert!(
                    matches!(status, 401 | 403),
                    "{role} at {} without the header: {status} {text}",
                    operation.id
                );
            }
        }
        if let Access::SignedIn { tokens } = operation.access {
            let token = token_with(&fixture, &test, &[Permission::ReadProcesses]).await;
            let (status, text) = call(&token, operation, &nowhere(&operation.path), &ids).await;
            assert_eq!(status != 403, tokens, "token at {}: {status} {text}", operation.id);
            tried.count("token");
        }
        if let Access::Needs(permission) = operation.access {
            let others: Vec<Permission> = Permission::ALL
                .iter()
                .copied()
                .filter(|other| *other != permission)
                .collect();
            let without = token_with(&fixture, &test, &others).await;
            let with = token_with(&fixture, &test, &[permission]).await;
            let (refused, text) = call(&without, operation, &nowhere(&operation.path), &ids).await;
            assert_eq!(refused, 403, "token without the scope at {}: {text}", operation.id);
            let (allowed, text) = call(&with, operation, &nowhere(&operation.path), &ids).await;
            // A token may only give what it has itself.
            let gives = operation.id == "create_token" && permission != Permission::ManageTokens;
            assert!(
                gives || !matches!(allowed, 401 | 403 | 500..),
                "token with the scope at {}: {allowed} {text}",
                operation.id
            );
            tried.count("token");
            tried.count("token");
        }
        let (status, text) = call(&outlived, operation, &nowhere(&operation.path), &ids).await;
        tried.count("token of somebody demoted");
        let allowed = match operation.access {
            Access::Needs(permission) => Role::Viewer.allows(permission),
            Access::SignedIn { tokens } => tokens,
            Access::Public => true,
        };
        if allowed {
            assert!(
                !matches!(status, 401 | 403 | 405 | 500..),
                "token of somebody demoted at {}: {status} {text}",
                operation.id
            );
        } else {
            assert_eq!(status, 403, "token of somebody demoted at {}: {text}", operation.id);
        }
    }
    tried.at_least(&[
        ("stranger", 95),
        ("worthless", 540),
        ("role", 370),
        ("cross-site", 200),
        ("token", 180),
        ("token of somebody demoted", 90),
    ]);
});
