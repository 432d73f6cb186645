//! The PostgreSQL of the tests: databases of their own in it, and doors in front of it.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivatePkcs8KeyDer},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_postgres::{Config, NoTls, config::Host};
use tokio_rustls::TlsAcceptor;

/// Where it is, and who may do everything there.
pub fn server() -> Config {
    std::env::var("ESTEIRA_TEST_POSTGRES_URL")
        .expect("set ESTEIRA_TEST_POSTGRES_URL, or run the tests with `cargo xtask test`, which starts PostgreSQL")
        .parse()
        .unwrap()
}

pub fn place(server: &Config) -> (String, u16) {
    let Host::Tcp(host) = &server.get_hosts()[0] else {
        panic!("the tests reach PostgreSQL over the network");
    };
    (host.clone(), server.get_ports()[0])
}

/// The address of its default database by another port of this machine.
pub fn url(port: u16, query: &str) -> String {
    let server = server();
    url_of(&server, port, server.get_dbname().unwrap_or("postgres"), query)
}

/// The same for another database.
pub fn url_of(server: &Config, port: u16, database: &str, query: &str) -> String {
    let user = server.get_user().unwrap_or("postgres");
    let password = String::from_utf8_lossy(server.get_password().unwrap_or_default()).into_owned();
    format!("postgres://{user}:{password}@127.0.0.1:{port}/{database}?{query}")
}

/// Makes an empty database and returns its name.
pub async fn database(with: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let (client, connection) = server().connect(NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
        .batch_execute(&format!("CREATE DATABASE {name} {with}"))
        .await
        .expect("a database can be made");
    name
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Identity {
    pub certificate: CertificateDer<'static>,
    pub pem: String,
    key: Vec<u8>,
}

impl Identity {
    /// As `openssl req -x509` makes one: it signed itself, and says that it may sign others.
    pub fn of_its_own(host: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self::new(&certificate, &key)
    }

    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            certificate: certificate.der().clone(),
            pem: certificate.pem(),
            key: key.serialize_der(),
        }
    }

    fn acceptor(&self) -> TlsAcceptor {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![self.certificate.clone()],
                PrivatePkcs8KeyDer::from(self.key.clone()).into(),
            )
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Signs certificates.
pub struct Authority {
    pub pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self {
            pem: params.self_signed(&key).unwrap().pem(),
            issuer: Issuer::new(params, key),
        }
    }

    pub fn certify(&self, host: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity::new(&certificate, &key)
    }
}

/// How a door in front of PostgreSQL takes who comes.
#[derive(Clone)]
pub enum Door {
    /// With TLS or without.
    Either(Identity),
    TlsOnly(Identity),
    PlainOnly,
    /// It says that it speaks TLS, and then does not.
    Broken,
}

/// An open door.
pub struct Front {
    pub port: u16,
    entered: Arc<Entered>,
}

#[derive(Default)]
struct Entered {
    encrypted: AtomicUsize,
    plain: AtomicUsize,
}

/// Asks whether the server speaks TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// `invalid_authorization_specification`, as when no line of `pg_hba.conf` fits.
const REFUSAL: &[u8] = b"SFATAL\0VFATAL\0C28000\0Mno entry for connections without encryption\0\0";

impl Front {
    pub async fn open(door: Door) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let entered = Arc::new(Entered::default());
        let counted = Arc::clone(&entered);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (door, entered) = (door.clone(), Arc::clone(&counted));
                tokio::spawn(async move { drop(let_in(client, &door, &entered).await) });
            }
        });
        Self { port, entered }
    }

    pub fn url(&self, query: &str) -> String {
        url(self.port, query)
    }

    /// How many came in since the last call: with TLS, and without.
    pub fn entered(&self) -> (usize, usize) {
        let take = |count: &AtomicUsize| count.swap(0, Ordering::SeqCst);
        (take(&self.entered.encrypted), take(&self.entered.plain))
    }
}

async fn let_in(mut client: TcpStream, door: &Door, entered: &Entered) -> io::Result<()> {
    let mut head = [0; 8];
    client.read_exact(&mut head).await?;
    if head == SSL_REQUEST {
        match door {
            Door::Either(identity) | Door::TlsOnly(identity) => {
                client.write_all(b"S").await?;
                let mut client = identity.acceptor().accept(client).await?;
                entered.encrypted.fetch_add(1, Ordering::SeqCst);
                copy_bidirectional(&mut client, &mut upstream().await?).await?;
                return Ok(());
            }
            Door::Broken => return client.write_all(b"S").await,
            Door::PlainOnly => {
                client.write_all(b"N").await?;
                client.read_exact(&mut head).await?;
            }
        }
    }
    if let Door::TlsOnly(_) = door {
        return refuse(client, head).await;
    }
    entered.plain.fetch_add(1, Ordering::SeqCst);
    let mut upstream = upstream().await?;
    upstream.write_all(&head).await?;
    copy_bidirectional(&mut client, &mut upstream).await?;
    Ok(())
}

/// Reads the whole first message, so that the answer is not lost with what nobody read.
async fn refuse(mut client: TcpStream, head: [u8; 8]) -> io::Result<()> {
    let [a, b, c, d, ..] = head;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap();
    client.read_exact(&mut vec![0; length - head.len()]).await?;
    client.write_u8(b'E').await?;
    client.write_u32(u32::try_from(REFUSAL.len() + 4).unwrap()).await?;
    client.write_all(REFUSAL).await?;
    client.shutdown().await
}

async fn upstream() -> io::Result<TcpStream> {
    let (host, port) = place(&server());
    let address: SocketAddr = tokio::net::lookup_host((host, port)).await?.next().unwrap();
    TcpStream::connect(address).await
}
