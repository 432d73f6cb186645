//! Encryption as [age](https://age-encryption.org) does it, so that the file opens with age's own command too.
//!
//! For recipients only their public keys are here: the server makes backups that it cannot read. A passphrase is for the
//! shell, where somebody can remember it.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, BufWriter, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use age::{Decryptor, Encryptor, Identity, Recipient, scrypt, secrecy::SecretString, x25519};
use anyhow::Context as _;

use super::{
    refusal::{Refusal, damaged},
    seal::Hashing,
};

/// How every file of age begins.
const MAGIC: &[u8] = b"age-encryption.org/v1";

/// Who will be able to open it.
pub enum Lock {
    Recipients(Vec<x25519::Recipient>),
    Passphrase(SecretString),
}

/// What opens it.
pub enum Opener {
    Identities(Vec<x25519::Identity>),
    Passphrase(SecretString),
}

impl Opener {
    /// Reads a file of age's: a secret key in each line, and comments.
    ///
    /// # Errors
    /// When it has none, or a line that is neither.
    pub fn identities(text: &str) -> anyhow::Result<Self> {
        let mut identities = Vec::new();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let identity: Result<x25519::Identity, _> = line.parse();
            // The line itself is secret.
            identities
                .push(identity.map_err(|_| anyhow::anyhow!("a line is no secret key of age (AGE-SECRET-KEY-1…)"))?);
        }
        anyhow::ensure!(!identities.is_empty(), "there is no secret key of age in it");
        Ok(Self::Identities(identities))
    }
}

/// Whether a file was encrypted by age.
///
/// # Errors
/// When it cannot be read.
pub fn is_encrypted(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(MAGIC.len() as u64).read_to_end(&mut start)?;
    Ok(start == MAGIC)
}

/// Encrypts a file into a new one, and has that on the disk. Answers its size and SHA-256.
pub(super) fn close(plain: &Path, to: &Path, lock: &Lock) -> anyhow::Result<(u64, String)> {
    let encryptor = match lock {
        Lock::Recipients(recipients) => {
            Encryptor::with_recipients(recipients.iter().map(|recipient| recipient as &dyn Recipient))
                .map_err(|error| anyhow::anyhow!("cannot encrypt: {error}"))?
        }
        Lock::Passphrase(passphrase) => Encryptor::with_user_passphrase(passphrase.clone()),
    };
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut out = encryptor.wrap_output(Hashing::new(BufWriter::new(file)))?;
    io::copy(&mut BufReader::new(File::open(plain)?), &mut out)?;
    let mut out = out.finish()?;
    out.flush()?;
    let (file, bytes, sha256) = out.finish();
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    Ok((bytes, sha256))
}

/// Decrypts a file into a new one.
///
/// # Errors
/// A [`Refusal`] when it is not encrypted, this is not its key, or it is damaged.
pub fn open(encrypted: &Path, to: &Path, opener: &Opener) -> anyhow::Result<()> {
    if !is_encrypted(encrypted)? {
        return Err(Refusal::NotEncrypted.into());
    }
    let decryptor = Decryptor::new(BufReader::new(File::open(encrypted)?)).map_err(damaged)?;
    let opened = match opener {
        Opener::Identities(identities) => {
            decryptor.decrypt(identities.iter().map(|identity| identity as &dyn Identity))
        }
        Opener::Passphrase(passphrase) => {
            let identity = scrypt::Identity::new(passphrase.clone());
            decryptor.decrypt(std::iter::once(&identity as &dyn Identity))
        }
    };
    let mut opened = opened.map_err(|_| Refusal::WrongKey)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut out = BufWriter::new(file);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        // What cannot be read is damage; what cannot be written is not.
        let read = opened.read(&mut buffer).map_err(damaged)?;
        if read == 0 {
            break;
        }
        out.write_all(buffer.get(..read).unwrap_or_default())
            .context("cannot write the opened backup")?;
    }
    out.flush().context("cannot write the opened backup")
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may fail by panicking"
    )]

    use std::path::PathBuf;

    use super::*;

    struct Files {
        folder: tempfile::TempDir,
    }

    impl Files {
        fn new(plain: &[u8]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("plain"), plain).unwrap();
            Self { folder }
        }

        fn at(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn opened(&self, opener: &Opener) -> Result<Vec<u8>, Refusal> {
            let to = self.at("opened");
            drop(std::fs::remove_file(&to));
            match open(&self.at("closed"), &to, opener) {
                Ok(()) => Ok(std::fs::read(to).unwrap()),
                Err(error) => Err(Refusal::of(&error).unwrap().clone()),
            }
        }
    }

    #[test]
    fn only_who_it_was_encrypted_for_opens_it() {
        let (ana, bia, eve) = (
            x25519::Identity::generate(),
            x25519::Identity::generate(),
            x25519::Identity::generate(),
        );
        let plain = vec![7; 200_000];
        let files = Files::new(&plain);
        let lock = Lock::Recipients(vec![ana.to_public(), bia.to_public()]);
        let (bytes, sha256) = close(&files.at("plain"), &files.at("closed"), &lock).unwrap();
        let closed = std::fs::read(files.at("closed")).unwrap();
        assert_eq!(
            (bytes, sha256),
            (closed.len() as u64, crate::secrets::sha256_hex(&closed))
        );
        assert!(is_encrypted(&files.at("closed")).unwrap());
        for identity in [ana, bia] {
            assert_eq!(files.opened(&Opener::Identities(vec![identity])).unwrap(), plain);
        }
        assert_eq!(files.opened(&Opener::Identities(vec![eve])), Err(Refusal::WrongKey));
    }

    #[test]
    fn a_cut_file_and_a_plain_one_are_told_apart_from_a_wrong_key() {
        let ana = x25519::Identity::generate();
        let files = Files::new(b"rows");
        let lock = Lock::Recipients(vec![ana.to_public()]);
        close(&files.at("plain"), &files.at("closed"), &lock).unwrap();
        let mut closed = std::fs::read(files.at("closed")).unwrap();
        closed.pop();
        std::fs::write(files.at("closed"), closed).unwrap();
        let opener = Opener::Identities(vec![ana]);
        assert!(matches!(files.opened(&opener), Err(Refusal::Damaged(_))));
        std::fs::copy(files.at("plain"), files.at("closed")).unwrap();
        assert_eq!(files.opened(&opener), Err(Refusal::NotEncrypted));
    }

    #[test]
    fn files_of_keys_have_comments_and_tell_no_secrets() {
        use age::secrecy::ExposeSecret as _;
        let ana = x25519::Identity::generate();
        let text = format!("# created: 2026-12-02\n\n{}\n", ana.to_string().expose_secret());
        assert!(matches!(Opener::identities(&text), Ok(Opener::Identities(keys)) if keys.len() == 1));
        for text in ["", "# nothing\n", "AGE-SECRET-KEY-1WRONG\n"] {
            let refused = Opener::identities(text).err().unwrap().to_string();
            assert!(!refused.contains("WRONG"), "{refused}");
        }
    }
}
