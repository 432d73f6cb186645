//! Lines as they are kept.

/// Bytes of a line; the rest of a longer one is cut off.
const LONGEST: usize = 16 * 1024;
/// Most lines of one message; after them one more line says that it was cut.
const MOST: usize = 10_000;

/// The lines of a message: split at any line break, each of bounded length. A message without text is one empty line.
pub fn lines_of(message: &str) -> Vec<String> {
    let message = message.strip_suffix('\n').unwrap_or(message);
    let message = message.strip_suffix('\r').unwrap_or(message);
    let mut split = message.split('\n').flat_map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\r')
    });
    let mut lines: Vec<String> = split.by_ref().take(MOST).map(bounded).collect();
    let cut = split.count();
    if cut > 0 {
        lines.push(format!("[… mensagem de {} linhas, cortada]", MOST + cut));
    }
    lines
}

fn bounded(line: &str) -> String {
    if line.len() <= LONGEST {
        return line.to_owned();
    }
    let mark = format!(" [… linha de {} bytes, cortada]", line.len());
    let mut end = LONGEST - mark.len();
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{mark}", line.get(..end).unwrap_or_default())
}

/// A line as it reads, without colours and control characters; tabs stay. A terminal that shows it does nothing else.
pub(crate) fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // A colour and its kin: ESC [ … up to a letter.
            '\u{1b}' if chars.peek() == Some(&'[') => {
                chars.next();
                while chars.next().is_some_and(|c| !('@'..='~').contains(&c)) {}
            }
            c if c.is_control() && c != '\t' => {}
            c => text.push(c),
        }
    }
    text
}

/// A line fit to be shown in a row of a list.
pub(super) fn short(line: &str) -> String {
    const SHORT: usize = 300;
    plain(line).trim().chars().take(SHORT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_line_break_parts_lines() {
        assert_eq!(lines_of("a\r\nb\nc\rd\n"), ["a", "b", "c", "d"]);
        assert_eq!(lines_of(""), [""]);
        assert_eq!(lines_of("\r\n"), [""]);
        assert_eq!(lines_of("a\n\nb"), ["a", "", "b"]);
    }

    #[test]
    fn a_megabyte_is_cut_and_says_so() {
        let lines = lines_of(&"é".repeat(512 * 1024));
        assert_eq!(lines.len(), 1);
        assert!(
            lines
                .iter()
                .all(|line| line.len() <= LONGEST && line.ends_with("[… linha de 1048576 bytes, cortada]"))
        );
        let many = lines_of(&"a\r\n".repeat(100_000));
        assert_eq!(many.len(), MOST + 1);
        assert_eq!(
            many.last().map(String::as_str),
            Some("[… mensagem de 100000 linhas, cortada]")
        );
        assert_eq!(lines_of(&"a\n".repeat(MOST)).len(), MOST);
    }

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let line = "\u{1b}]0;title\u{7}a\tb\u{1b}[2Jc\u{9b}31md\u{1b}Pq\u{1b}\\\u{8}e\u{1b}";
        let shown = plain(line);
        assert!(shown.chars().all(|c| !c.is_control() || c == '\t'), "{shown:?}");
        assert!(shown.contains("a\tbc"), "{shown:?}");
    }

    #[test]
    fn a_row_of_a_list_gets_no_colours() {
        assert_eq!(short("\u{1b}[32mok\u{1b}[0m \u{1b}[1;31mfim\u{7}"), "ok fim");
        assert!(short(&"x".repeat(5_000)).len() <= 300);
    }
}
