//! No token gives more rights than it has, neither to another token nor to a person: every right held × every right given.

use esteira_shared::permission::{Permission, Role};
use serde_json::{Value, json};

use super::{readers::token_of, tried::Tried};
use crate::{on_both, support::Fixture};

const PASSWORD: &str = "longa-o-bastante";

/// These rights, and one more.
fn with(rights: &[Permission], one: Permission) -> Vec<Permission> {
    let mut all: Vec<Permission> = rights.iter().copied().filter(|right| *right != one).collect();
    all.push(one);
    all
}

fn covers(rights: &[Permission], role: Role) -> bool {
    role.permissions().iter().all(|right| rights.contains(right))
}

fn email() -> String {
    format!("{}@degrau.example", uuid::Uuid::now_v7())
}

on_both!(a_token_makes_no_token_with_more_than_it_has, |test| {
    let fixture = Fixture::new(&test, "fichas").await;
    let mut tried = Tried::default();
    for held in Permission::ALL {
        let rights = with(&[*held], Permission::ManageTokens);
        let (_, machine) = token_of(&test, &fixture.admin, &rights, 2).await;
        let create = |right: Permission, days: i64| json!({ "name": "S", "scopes": [right], "expires_in_days": days });
        for given in Permission::ALL {
            let answer = machine.post("/api/v1/tokens", create(*given, 1)).await;
            tried.count("given to a token");
            if rights.contains(given) {
                answer.expect(201);
            } else {
                answer.refused(403, "forbidden");
            }
        }
        let longer = machine.post("/api/v1/tokens", create(*held, 3)).await;
        tried.count("renewed");
        let refused = ("expires_in_days".to_owned(), "beyond_own_rights".to_owned());
        assert_eq!(longer.refused_field(), refused, "{held}");
    }
    tried.at_least(&[("given to a token", 256), ("renewed", 16)]);
});

on_both!(a_token_makes_nobody_more_than_it_is, |test| {
    let fixture = Fixture::new(&test, "escada").await;
    let beyond = ("role".to_owned(), "beyond_own_rights".to_owned());
    let mut tried = Tried::default();
    let mut people: Vec<(Role, String, Value)> = Vec::new();
    for role in Role::ALL {
        let create = json!({ "name": "N", "email": email(), "role": role, "password": PASSWORD });
        let made = fixture.admin.post("/api/v1/users", create).await.expect(201);
        let path = format!("/api/v1/users/{}", made["id"].as_str().unwrap());
        people.push((*role, path, made["version"].clone()));
    }
    for like in Role::ALL {
        let rights = with(&like.permissions(), Permission::ManageUsers);
        let (_, machine) = token_of(&test, &fixture.admin, &rights, 1).await;
        for role in Role::ALL {
            let create = json!({ "name": "N", "email": email(), "role": role, "password": PASSWORD });
            let answer = machine.post("/api/v1/users", create).await;
            tried.count("made");
            if covers(&rights, *role) {
                answer.expect(201);
            } else {
                assert_eq!(answer.refused_field(), beyond, "{like} makes a {role}");
            }
        }
        for (was, path, version) in &mut people {
            for role in Role::ALL {
                let change = |role: Role, version: Value| json!({ "name": "N", "role": role, "active": true, "version": version });
                let answer = machine.put(path, change(*role, version.clone())).await;
                tried.count("raised or lowered");
                if covers(&rights, *role) && covers(&rights, *was) {
                    *version = answer.expect(200)["version"].clone();
                    let back = fixture.admin.put(path, change(*was, version.clone())).await.expect(200);
                    *version = back["version"].clone();
                } else {
                    assert_eq!(answer.refused_field(), beyond, "{like} makes a {role} of a {was}");
                }
            }
        }
    }
    tried.at_least(&[("made", 16), ("raised or lowered", 64)]);
});
