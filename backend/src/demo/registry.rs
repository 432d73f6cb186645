//! Operators, clients and accounts of the demonstration.

use esteira_shared::{
    dto::{
        administration::OrganizationUpdate,
        clients::{AccountCreate, ClientCreate},
        operators::OperatorCreate,
    },
    validate::Cnpj,
};

use crate::{
    administration::organization::{self, Organization},
    app::App,
    auth::Actor,
    clients::{self, account},
    db::Tx,
    executions, operators,
};

use super::Simulators;

const OPERATORS: [(&str, bool); 5] = [
    ("VIVO", true),
    ("CLARO", true),
    ("OI", true),
    ("EMBRATEL", true),
    ("TIM", false),
];

const CLIENTS: [&str; 14] = [
    "Clínica Saúde Total",
    "BRM Soluções Ltda",
    "Rical Indústria de Arroz",
    "Transportes Vale Verde",
    "Padaria Pão da Hora",
    "Metalúrgica São Jorge",
    "Hospital Santa Clara",
    "Auto Peças Avenida",
    "Cooperativa Agro Norte",
    "Escola Pequeno Mundo",
    "Laticínios Serra Azul",
    "Construtora Horizonte",
    "Farmácia Popular Centro",
    "Editora Letra Viva",
];

/// Makes the registry: every client with four or five operators; one CNPJ in the alphanumeric form.
pub(super) async fn fill(app: &App, tx: &mut Tx, actor: &Actor) -> anyhow::Result<()> {
    let mut made = Vec::new();
    for (name, possui_rpa) in OPERATORS {
        let create = OperatorCreate {
            name: name.to_owned(),
            possui_rpa,
            ..OperatorCreate::default()
        };
        made.push(operators::create(tx, actor, &create).await?);
    }
    for (index, name) in CLIENTS.iter().enumerate() {
        let base = if index == 3 {
            "12ABC34501DE".to_owned()
        } else {
            format!("{:08}0001", 90_000_000 + index * 12_345)
        };
        let cnpj = Cnpj::from_base(&base)?.to_string();
        let create = ClientCreate {
            razao_social: (*name).to_owned(),
            cnpj,
        };
        let client = clients::create(tx, actor, &create).await?;
        for (column, operator) in made.iter().enumerate() {
            // Not everybody is with everybody.
            if (index * 3 + column * 5) % 11 == 4 {
                continue;
            }
            let create = AccountCreate {
                operator_id: operator.id,
                account_number: format!("{:010}", 280_000_000 + index * 9_341_177 + column * 1_111),
                portal_login: Some(format!("cliente{index:02}@demo.example")),
                portal_password: Some("senha-de-demonstracao".to_owned()),
            };
            account::create(app, tx, actor, client.id, create).await?;
        }
    }
    Ok(())
}

/// Whether this is a database that the demonstration filled.
pub(super) async fn is_demonstration(tx: &mut Tx, name: &str) -> anyhow::Result<bool> {
    Ok(organization::named(tx, None).await.is_ok_and(|only| only.name == name))
}

/// Sets where SAT and the robots are.
pub(super) async fn point_at(app: &App, tx: &mut Tx, name: &str, simulators: &Simulators) -> anyhow::Result<()> {
    let Organization {
        id,
        name,
        timezone,
        late_after_days,
        max_document_bytes,
        version,
        ..
    } = organization::named(tx, Some(name)).await?;
    let update = OrganizationUpdate {
        name,
        timezone,
        late_after_days,
        max_document_bytes,
        sat_url: Some(simulators.sat_url.clone()),
        sat_token: None,
        version,
    };
    let system = Actor::system(id);
    organization::update(app, tx, &system, update).await?;
    executions::point_at(app, tx, &system, &simulators.rpa_url).await?;
    Ok(())
}
