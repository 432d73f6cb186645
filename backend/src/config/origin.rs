//! The address under which browsers reach the program.

use reqwest::Url;

/// Reads an address as browsers write origins: in small letters, without the scheme's own port.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read(text: &str) -> Result<String, String> {
    const EXAMPLE: &str = "must be an address such as https://esteira.example.com";
    let url = Url::parse(text).map_err(|error| format!("{EXAMPLE}: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(EXAMPLE.to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(format!("{EXAMPLE}, with nothing but scheme, host and port"));
    }
    if url.path() != "/" {
        let path = url.path();
        return Err(format!(
            "the path {path} is not possible: pages are served from the root of a host; give it a name of its own"
        ));
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("https://esteira.example.com", "https://esteira.example.com"),
            ("HTTPS://Esteira.Example.COM:443/", "https://esteira.example.com"),
            ("http://esteira.example.com:80", "http://esteira.example.com"),
            ("https://esteira.example.com:8443/", "https://esteira.example.com:8443"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://bücher.example.com", "https://xn--bcher-kva.example.com"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(origin), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_reason() {
        for (text, part) in [
            ("esteira.example.com", "must be an address such as"),
            ("ftp://esteira.example.com", "must be an address such as"),
            ("https://", "must be an address such as"),
            ("https://ana:x@esteira.example.com", "nothing but scheme, host and port"),
            ("https://esteira.example.com/?a=1", "nothing but scheme, host and port"),
            ("https://example.com/esteira", "the path /esteira is not possible"),
            ("https://example.com//", "the path // is not possible"),
        ] {
            let refused = read(text).err().unwrap_or_default();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
