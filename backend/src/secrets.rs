//! Secrets at rest: one master key, from which every other key is derived, and sealing bound to its row.
//!
//! Sealed text is `v1.<key id>.<base64 of nonce and AES-256-GCM ciphertext>`; the place it belongs to
//! (`accounts.portal_password/<id>`) is authenticated with it, so a value copied to another row does not open.

use std::sync::Arc;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    digest, hkdf, rand,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret as _, SecretString};

/// The keys of this installation: the first seals, all open. Cheap to clone.
#[derive(Clone)]
pub struct Keyring {
    keys: Arc<[Key]>,
}

struct Key {
    id: String,
    sealing: RandomizedNonceKey,
    signing: [u8; 32],
    setup: String,
}

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret key must be 32 bytes in base64; make one with: openssl rand -base64 32")]
    BadKey,
    #[error("sealed with key {0}, which is not configured")]
    UnknownKey(String),
    #[error("the sealed value is damaged, or belongs to another row")]
    DoesNotOpen,
}

impl Keyring {
    /// Reads one key, or several between commas: the first is the current one, the others only open old values.
    ///
    /// # Errors
    /// When a key is not 32 bytes in base64.
    pub fn parse(text: &SecretString) -> Result<Self, SecretError> {
        let keys = text
            .expose_secret()
            .split(',')
            .map(|key| Key::derive(key.trim()))
            .collect::<Result<Arc<[Key]>, _>>()?;
        if keys.is_empty() {
            Err(SecretError::BadKey)
        } else {
            Ok(Self { keys })
        }
    }

    /// A new key in the form that [`Keyring::parse`] reads.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn generate() -> anyhow::Result<SecretString> {
        Ok(BASE64_STANDARD.encode(random_bytes::<32>()?).into())
    }

    /// Encrypts a text for one place.
    ///
    /// # Errors
    /// When the cipher refuses (never, for texts of a sane length).
    pub fn seal(&self, place: &str, text: &str) -> anyhow::Result<String> {
        let key = self.keys.first().ok_or(SecretError::BadKey)?;
        let mut bytes = text.as_bytes().to_vec();
        let nonce = key
            .sealing
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut bytes)
            .map_err(|_| anyhow::anyhow!("sealing failed"))?;
        let mut whole = nonce.as_ref().to_vec();
        whole.append(&mut bytes);
        Ok(format!("v1.{}.{}", key.id, BASE64_STANDARD.encode(whole)))
    }

    /// Decrypts what [`Keyring::seal`] made for the same place.
    ///
    /// # Errors
    /// When the key is not there, or the text was changed or moved.
    pub fn open(&self, place: &str, sealed: &str) -> Result<SecretString, SecretError> {
        let (id, text) = sealed
            .strip_prefix("v1.")
            .and_then(|rest| rest.split_once('.'))
            .ok_or(SecretError::DoesNotOpen)?;
        let key = self
            .keys
            .iter()
            .find(|key| key.id == id)
            .ok_or_else(|| SecretError::UnknownKey(id.to_owned()))?;
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| SecretError::DoesNotOpen)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LEN).ok_or(SecretError::DoesNotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretError::DoesNotOpen)?;
        let mut buffer = ciphertext.to_vec();
        let plain = key
            .sealing
            .open_in_place(nonce, Aad::from(place.as_bytes()), &mut buffer)
            .map_err(|_| SecretError::DoesNotOpen)?;
        String::from_utf8(plain.to_vec())
            .map(SecretString::from)
            .map_err(|_| SecretError::DoesNotOpen)
    }

    /// The name of the key that seals; it says nothing about the key.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.keys.first().map(|key| key.id.as_str())
    }

    /// Whether what the key of this name sealed can be opened.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.keys.iter().any(|key| key.id == id)
    }

    /// Keys that sign tokens, the current one first.
    pub fn signing_keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.keys.iter().map(|key| &key.signing)
    }

    /// What the first visit must show: the same on every replica and after every start, and known to nobody without
    /// the key.
    pub fn setup_code(&self) -> &str {
        self.keys.first().map_or("", |key| &key.setup)
    }
}

impl Key {
    fn derive(base64: &str) -> Result<Self, SecretError> {
        let master = BASE64_STANDARD.decode(base64).map_err(|_| SecretError::BadKey)?;
        if master.len() != 32 {
            return Err(SecretError::BadKey);
        }
        let pseudorandom = hkdf::Salt::new(hkdf::HKDF_SHA256, b"esteira v1").extract(&master);
        let expand = |purpose: &[u8]| -> Result<[u8; 32], SecretError> {
            let mut key = [0; 32];
            pseudorandom
                .expand(&[purpose], hkdf::HKDF_SHA256)
                .and_then(|okm| okm.fill(&mut key))
                .map_err(|_| SecretError::BadKey)?;
            Ok(key)
        };
        let id = hex(&expand(b"key id")?).chars().take(8).collect();
        let sealing = RandomizedNonceKey::new(&AES_256_GCM, &expand(b"seal")?).map_err(|_| SecretError::BadKey)?;
        Ok(Self {
            id,
            sealing,
            signing: expand(b"sign tokens")?,
            setup: typed(&expand(b"setup code")?),
        })
    }
}

/// Sixty bits as people type them: `K7QM-2XHD-9TFB`, without letters and digits that look alike.
fn typed(bytes: &[u8; 32]) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map(char::from);
    let groups = bytes.chunks(4).take(3).map(|group| group.iter().filter_map(letter));
    groups.map(Iterator::collect::<String>).collect::<Vec<_>>().join("-")
}

/// Bytes from the operating system's generator.
///
/// # Errors
/// When it gives none.
pub fn random_bytes<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    Ok(bytes)
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            use std::fmt::Write as _;
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test that meets the unexpected shall panic")]
mod tests {
    use super::*;

    fn keyring(keys: &[&SecretString]) -> Keyring {
        let text = keys.iter().map(|key| key.expose_secret()).collect::<Vec<_>>().join(",");
        Keyring::parse(&text.into()).expect("generated keys are valid")
    }

    #[test]
    fn a_sealed_value_opens_only_in_its_place() {
        let ring = keyring(&[&Keyring::generate().expect("randomness")]);
        let sealed = ring.seal("accounts.portal_password/1", "segredo").expect("seals");
        assert!(!sealed.contains("segredo"));
        assert_ne!(
            sealed,
            ring.seal("accounts.portal_password/1", "segredo").expect("seals"),
            "a nonce is never reused"
        );
        let opened = ring.open("accounts.portal_password/1", &sealed).expect("opens");
        assert_eq!(opened.expose_secret(), "segredo");
        assert!(matches!(
            ring.open("accounts.portal_password/2", &sealed),
            Err(SecretError::DoesNotOpen)
        ));
        assert!(matches!(
            ring.open("accounts.portal_password/1", &sealed[..sealed.len() - 4]),
            Err(SecretError::DoesNotOpen)
        ));
    }

    #[test]
    fn an_older_key_still_opens_after_a_change() {
        let (old, new) = (
            Keyring::generate().expect("randomness"),
            Keyring::generate().expect("randomness"),
        );
        let sealed = keyring(&[&old]).seal("x", "y").expect("seals");
        assert!(keyring(&[&new, &old]).open("x", &sealed).is_ok());
        let (both, only_old) = (keyring(&[&new, &old]), keyring(&[&old]));
        assert!(both.knows(only_old.id().expect("a key")) && !only_old.knows(both.id().expect("a key")));
        assert!(matches!(
            keyring(&[&new]).open("x", &sealed),
            Err(SecretError::UnknownKey(_))
        ));
    }

    #[test]
    fn the_setup_code_is_of_the_current_key_and_can_be_typed() {
        let (old, new) = (
            Keyring::generate().expect("randomness"),
            Keyring::generate().expect("randomness"),
        );
        let code = keyring(&[&new, &old]).setup_code().to_owned();
        assert_eq!(code, keyring(&[&new]).setup_code());
        assert_ne!(code, keyring(&[&old]).setup_code());
        assert_eq!(code.len(), 14, "{code}");
        let typed = |c: char| c == '-' || c.is_ascii_digit() || c.is_ascii_uppercase();
        assert!(
            code.chars().all(typed) && !code.contains(['0', 'O', '1', 'I']),
            "{code}"
        );
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(matches!(
            Keyring::parse(&"c2hvcnQ=".to_owned().into()),
            Err(SecretError::BadKey)
        ));
    }
}
