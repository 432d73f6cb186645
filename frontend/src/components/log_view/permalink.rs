//! `#L123` and `#L10-L20` in the address: lines somebody points at.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marked {
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Marked {
    pub(super) fn line(seq: i64) -> Self {
        Self { from: seq, to: seq }
    }

    /// From here to there, whichever comes first.
    pub(super) fn between(one: i64, other: i64) -> Self {
        Self {
            from: one.min(other),
            to: one.max(other),
        }
    }

    pub(super) fn has(self, seq: i64) -> bool {
        (self.from..=self.to).contains(&seq)
    }

    /// Lines in it.
    pub(super) fn count(self) -> i64 {
        self.to - self.from + 1
    }

    /// As it stands in the address.
    pub(super) fn hash(self) -> String {
        if self.from == self.to {
            format!("#L{}", self.from)
        } else {
            format!("#L{}-L{}", self.from, self.to)
        }
    }

    /// `None` for everything that points at no line.
    pub(super) fn parse(hash: &str) -> Option<Self> {
        let lines = hash.strip_prefix('#').unwrap_or(hash);
        let (from, to) = match lines.split_once('-') {
            Some((from, to)) => (line_number(from)?, line_number(to).or_else(|| digits(to))?),
            None => (line_number(lines)?, line_number(lines)?),
        };
        Some(Self::between(from, to))
    }
}

fn line_number(text: &str) -> Option<i64> {
    digits(text.strip_prefix(['L', 'l'])?)
}

fn digits(text: &str) -> Option<i64> {
    // Fifteen digits are more lines than there will ever be, and far from an overflow.
    let plain = !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain
        .then(|| text.parse::<i64>().ok())
        .flatten()
        .filter(|line| *line > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_ranges_are_read_and_written() {
        for (hash, from, to) in [("#L123", 123, 123), ("#L10-L20", 10, 20)] {
            let marked = Marked::parse(hash);
            assert_eq!(marked, Some(Marked { from, to }));
            assert_eq!(marked.map(Marked::hash).as_deref(), Some(hash));
        }
        assert_eq!(Marked::parse("L7"), Some(Marked::line(7)), "without the hash");
        assert_eq!(
            Marked::parse("#L20-L10"),
            Some(Marked { from: 10, to: 20 }),
            "the wrong way round"
        );
        assert_eq!(
            Marked::parse("#l10-20"),
            Some(Marked { from: 10, to: 20 }),
            "as others write it"
        );
    }

    #[test]
    fn everything_else_points_nowhere() {
        for hash in [
            "",
            "#",
            "#L",
            "#123",
            "#L0",
            "#L-5",
            "#L1-",
            "#L1-L",
            "#Lx",
            "#L1-L2-L3",
            "#L+5",
            "#L1 ",
            "#L１",
            "#Log",
            "#L99999999999999999999",
            "#panel-log",
        ] {
            assert_eq!(Marked::parse(hash), None, "{hash}");
        }
    }

    #[test]
    fn a_range_holds_both_its_ends() {
        let marked = Marked::between(20, 10);
        assert_eq!(marked.count(), 11);
        assert!(marked.has(10) && marked.has(20) && !marked.has(9) && !marked.has(21));
    }
}
