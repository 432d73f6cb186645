//! The little of WebAssembly's binary form that is needed here: what a module imports, and a module that passes it on.

use anyhow::{Context, Result, bail};

const HEAD: [u8; 8] = *b"\0asm\x01\0\0\0";
const IMPORTS: u8 = 2;
const EXPORTS: u8 = 7;

const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

/// One thing that a module is given when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Import {
    pub(super) module: String,
    pub(super) name: String,
    kind: u8,
    /// Its type as it stands in the module.
    shape: Vec<u8>,
}

/// Tables, memories and globals that a module imports.
///
/// # Errors
/// When it is no module, or imports a function: those have types that a second module would number differently.
pub(super) fn imports(module: &[u8]) -> Result<Vec<Import>> {
    let mut reader = Reader { bytes: module, at: 0 };
    if reader.take(HEAD.len())? != HEAD {
        bail!("this is no WebAssembly module");
    }
    while !reader.is_done() {
        let kind = reader.byte()?;
        let length = reader.number()?;
        let bytes = reader.take(length)?;
        if kind == IMPORTS {
            let mut section = Reader { bytes, at: 0 };
            return (0..section.number()?).map(|_| section.import()).collect();
        }
    }
    Ok(Vec::new())
}

/// A module that takes `imports` from one named `from` and exports them under the same names.
pub(super) fn passing_on(imports: &[Import], from: &str) -> Vec<u8> {
    let (mut taken, mut given) = (number(imports.len()), number(imports.len()));
    for (at, import) in imports.iter().enumerate() {
        text(from, &mut taken);
        text(&import.name, &mut taken);
        taken.push(import.kind);
        taken.extend(&import.shape);
        text(&import.name, &mut given);
        given.push(import.kind);
        // Each kind is counted for itself.
        let before = imports.iter().take(at).filter(|other| other.kind == import.kind);
        given.extend(number(before.count()));
    }
    let mut module = HEAD.to_vec();
    for (kind, section) in [(IMPORTS, taken), (EXPORTS, given)] {
        module.push(kind);
        module.extend(number(section.len()));
        module.extend(section);
    }
    module
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let taken = self
            .at
            .checked_add(length)
            .and_then(|end| self.bytes.get(self.at..end))
            .context("the module ends too early")?;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take(1)?.first().copied().context("the module ends too early")
    }

    /// Seven bits in each byte, the lowest first; the eighth says that more follows.
    fn number(&mut self) -> Result<usize> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return usize::try_from(value).context("a number is too large");
            }
        }
        bail!("a number is too long")
    }

    fn text(&mut self) -> Result<String> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.take(length)?)
            .context("a name is not text")?
            .to_owned())
    }

    /// Least and, when given, largest size.
    fn limits(&mut self) -> Result<()> {
        let flags = self.byte()?;
        self.number()?;
        if flags & 1 == 1 {
            self.number()?;
        }
        Ok(())
    }

    fn import(&mut self) -> Result<Import> {
        let (module, name) = (self.text()?, self.text()?);
        let kind = self.byte()?;
        let from = self.at;
        match kind {
            TABLE => {
                self.byte()?;
                self.limits()?;
            }
            MEMORY => self.limits()?,
            GLOBAL => {
                self.take(2)?;
            }
            _ => bail!("{module}.{name} is neither table nor memory nor global: a new form of the splitter's modules"),
        }
        let shape = self.bytes.get(from..self.at).unwrap_or_default().to_vec();
        Ok(Import {
            module,
            name,
            kind,
            shape,
        })
    }
}

fn number(value: usize) -> Vec<u8> {
    let (mut rest, mut bytes) = (value, Vec::new());
    loop {
        let [low, ..] = rest.to_le_bytes();
        rest >>= 7;
        if rest == 0 {
            bytes.push(low & 0x7f);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

fn text(value: &str, into: &mut Vec<u8>) {
    into.extend(number(value.len()));
    into.extend(value.as_bytes());
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Import, MEMORY, imports, number, passing_on};

    fn import(name: &str, kind: u8, shape: &[u8]) -> Import {
        Import {
            module: "outer".to_owned(),
            name: name.to_owned(),
            kind,
            shape: shape.to_vec(),
        }
    }

    #[test]
    fn what_is_passed_on_is_what_was_imported() {
        let given = vec![
            import("memory", MEMORY, &[0x00, 0x11]),
            import("table", super::TABLE, &[0x70, 0x01, 0xb8, 0x22, 0xb8, 0x22]),
            import("stack", super::GLOBAL, &[0x7f, 0x01]),
            import("other", super::GLOBAL, &[0x7f, 0x00]),
        ];
        let module = passing_on(&given, "outer");
        assert_eq!(imports(&module).unwrap(), given);
        // Exports: name, kind, and the place among its own kind.
        let tail = [b"\x05stack".as_slice(), &[3, 0], b"\x05other", &[3, 1]].concat();
        assert!(module.ends_with(&tail));
    }

    #[test]
    fn sections_before_the_imports_are_passed_over() {
        let module = passing_on(&[import("memory", MEMORY, &[0x00, 0x01])], "outer");
        let (head, rest) = module.split_at(8);
        let with_types = [head, &[1, 3, 9, 9, 9], rest].concat();
        assert_eq!(imports(&with_types).unwrap().len(), 1);
        assert!(imports(head).unwrap().is_empty());
    }

    #[test]
    fn a_function_and_half_a_module_are_refused() {
        let module = passing_on(&[import("f", 0, &[0])], "outer");
        assert!(imports(&module).unwrap_err().to_string().contains("outer.f"));
        let whole = passing_on(&[import("memory", MEMORY, &[0x00, 0x01])], "outer");
        let (half, _) = whole.split_at(14);
        assert!(imports(half).is_err());
        assert!(imports(b"<!doctype html>").is_err());
    }

    #[test]
    fn numbers_take_seven_bits_each() {
        assert_eq!(number(0), [0]);
        assert_eq!(number(127), [127]);
        assert_eq!(number(128), [0x80, 1]);
        assert_eq!(number(624_485), [0xe5, 0x8e, 0x26]);
    }
}
