//! The short form: the seeds of each parser, and the same changes of them each time.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::{collections::BTreeSet, fs, panic, path::PathBuf};

/// Changed inputs for each parser.
const ROUNDS: u64 = 2_000;
/// Changes of one input, at most.
const CHANGES: usize = 6;
/// What random bytes would take long to find.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"\n",
    b"\r\n",
    b"\x1b[",
    b"\xff",
    b"\xc3",
    "\u{feff}".as_bytes(),
    "\u{301}".as_bytes(),
    b"..",
    b"//",
    b"%2e",
    b"\\u0000",
    b"\\u0073",
    b"&#115;",
    b"\"",
    b"{",
    b"[",
    b"null",
    b"-1",
    b"99999999999999999999",
    b"1e308",
    b";",
    b"segredo77",
    b"obj",
];

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz"))
}

/// Runs a function with its seeds and with changes of them. The input with which it fails is printed.
pub(super) fn short(name: &str, run: fn(&[u8])) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder().join("seeds").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let seeds: Vec<Vec<u8>> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(seeds.len() > 1, "some of each kind of input");
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let changed = (0..ROUNDS).map(|_| dice.changed(&seeds));
    let inputs = [Vec::new()].into_iter().chain(seeds.iter().cloned()).chain(changed);
    for input in inputs {
        if let Err(cause) = panic::catch_unwind(|| run(&input)) {
            eprintln!("{name} failed with b\"{}\"", input.escape_ascii());
            panic::resume_unwind(cause);
        }
    }
}

/// Xorshift: the same numbers each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let limit = u64::try_from(limit).unwrap().max(1);
        usize::try_from(self.0 % limit).unwrap()
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        items.get(self.below(items.len())).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    fn changed(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.pick(seeds).clone();
        for _ in 0..=self.below(CHANGES) {
            let at = self.below(bytes.len() + 1);
            let end = (at + self.below(12)).min(bytes.len());
            let change = match self.below(6) {
                0 => vec![self.byte()],
                1 => self.pick(&WORDS).to_vec(),
                // Twice.
                2 => bytes.get(at..end).unwrap_or_default().repeat(2),
                // The end of another.
                3 => {
                    let other = self.pick(seeds);
                    bytes.truncate(at);
                    other.get(self.below(other.len())..).unwrap_or_default().to_vec()
                }
                4 => {
                    bytes.insert(at, self.byte());
                    continue;
                }
                // Nothing.
                _ => Vec::new(),
            };
            bytes.splice(at..end.clamp(at, bytes.len()), change);
        }
        bytes
    }
}

#[test]
fn every_parser_has_its_fuzzer() {
    let names: BTreeSet<String> = super::NAMES.iter().map(|name| (*name).to_owned()).collect();
    let in_folder = |folder: PathBuf| -> BTreeSet<String> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files
            .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(in_folder(folder().join("fuzz_targets")), names);
    assert_eq!(in_folder(folder().join("seeds")), names);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &names {
        let program = format!("[[bin]]\nname = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"\n");
        assert!(manifest.contains(&program), "Cargo.toml lacks {name}");
    }
}
