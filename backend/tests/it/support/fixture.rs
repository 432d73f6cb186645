//! An organisation with people of every role, made by the product's own rules.

use std::collections::HashMap;

use esteira::{
    administration::{organization::Organization, user},
    auth::{Actor, password, session},
    clients, operators,
};
use esteira_shared::{
    dto::{
        administration::UserCreate,
        clients::{AccountCreate, ClientCreate},
        jobs::JobDto,
        operators::OperatorCreate,
    },
    ids::{JobId, OrganizationId, UserId},
    permission::Role,
    validate::Cnpj,
};
use serde_json::{Value, json};

use super::{Client, TestApp};

pub const PASSWORD: &str = "correct horse battery";

/// One organisation and its signed-in people.
pub struct Fixture {
    pub organization: OrganizationId,
    pub viewer: Client,
    pub analyst: Client,
    pub manager: Client,
    pub admin: Client,
    pub users: HashMap<&'static str, UserId>,
    name: String,
}

impl Fixture {
    /// `name` must differ between organisations of one test: e-mails are made from it.
    pub async fn new(test: &TestApp, name: &str) -> Self {
        let hash = password::hash(PASSWORD.to_owned().into()).await.unwrap();
        let mut tx = test.app.db.begin().await.unwrap();
        let organization = Organization::create(&mut tx, name).await.unwrap();
        let actor = Actor::system(organization.id);
        let mut clients = HashMap::new();
        let mut users = HashMap::new();
        for role in Role::ALL {
            let create = UserCreate {
                name: format!("{name} {role}"),
                email: format!("{role}@{name}.example"),
                role: *role,
                password: PASSWORD.to_owned(),
            };
            let made = user::create(&mut tx, &actor, &create, hash.clone()).await.unwrap();
            let address = "127.0.0.1".to_owned();
            let token = session::start(&mut tx, organization.id, made.id, address, "test".to_owned())
                .await
                .unwrap();
            clients.insert(*role, Client::new(&test.url).with_session(&token));
            users.insert(role.as_str(), made.id);
        }
        tx.commit().await.unwrap();
        let mut take = |role| clients.remove(&role).unwrap();
        let fixture = Self {
            organization: organization.id,
            viewer: take(Role::Viewer),
            analyst: take(Role::Analyst),
            manager: take(Role::Manager),
            admin: take(Role::Admin),
            users,
            name: name.to_owned(),
        };
        fixture.point_at_sat(&test.sat_url).await;
        fixture
    }

    pub fn email(&self, role: Role) -> String {
        format!("{role}@{}.example", self.name)
    }

    pub async fn point_at_sat(&self, url: &str) {
        let mut settings = self.admin.get("/api/v1/organization").await.expect(200);
        settings["sat_url"] = json!(url);
        self.admin.put("/api/v1/organization", settings).await.expect(200);
    }

    /// Clients `Cliente 1…n`, each with an account with every one of `operators`.
    pub async fn registry(&self, test: &TestApp, clients_count: usize, names: &[&str]) {
        let mut tx = test.app.db.begin().await.unwrap();
        let actor = Actor::system(self.organization);
        let mut made = Vec::new();
        for name in names {
            let create = OperatorCreate {
                name: (*name).to_owned(),
                ..OperatorCreate::default()
            };
            made.push(operators::create(&mut tx, &actor, &create).await.unwrap());
        }
        for number in 1..=clients_count {
            let cnpj = Cnpj::from_base(&format!("{number:08}0001")).unwrap().to_string();
            let create = ClientCreate {
                razao_social: format!("Cliente {number:03}"),
                cnpj,
            };
            let client = clients::create(&mut tx, &actor, &create).await.unwrap();
            for operator in &made {
                let create = AccountCreate {
                    operator_id: operator.id,
                    account_number: format!("{number:06}"),
                    portal_login: None,
                    portal_password: None,
                };
                clients::account::create(&test.app, &mut tx, &actor, client.id, create)
                    .await
                    .unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    /// A job of the organisation.
    pub async fn job(&self, id: JobId) -> JobDto {
        let detail = self.viewer.get(&format!("/api/v1/jobs/{id}")).await.expect(200);
        serde_json::from_value(detail["job"].clone()).unwrap()
    }

    /// How many jobs of the organisation fit, for example `status=running`.
    pub async fn count_jobs(&self, filter: &str) -> i64 {
        let page = self.viewer.get(&format!("/api/v1/jobs?{filter}")).await.expect(200);
        page["total"]["count"].as_i64().unwrap()
    }

    /// Opens a month and returns its processes, in the list's order.
    pub async fn opened(&self, test: &TestApp, clients_count: usize, names: &[&str], month: &str) -> Vec<Value> {
        self.registry(test, clients_count, names).await;
        self.manager
            .post(&format!("/api/v1/months/{month}/open"), json!({}))
            .await
            .expect(200);
        processes_in(&self.analyst, month).await
    }
}

pub async fn processes_in(client: &Client, month: &str) -> Vec<Value> {
    let page = client
        .get(&format!("/api/v1/processes?month={month}&limit=200"))
        .await
        .expect(200);
    page["items"].as_array().unwrap().clone()
}
