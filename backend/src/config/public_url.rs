//! The address under which browsers reach the program.

use reqwest::Url;

use super::HttpConfig;

/// How the program's own addresses begin. A path that begins so could not be told from them behind a proxy that takes the
/// path away.
const OWN: [&str; 5] = ["api", "fonts", "js", "metrics", "vendor"];

/// Reads an address: the host as browsers write origins, in small letters and without the scheme's own port, then the
/// path without a slash at its end.
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
        return Err(format!("{EXAMPLE}, with nothing but scheme, host, port and path"));
    }
    let base = url.path().strip_suffix('/').unwrap_or(url.path());
    // It is written into the page and the cookie as it is.
    let is_plain =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c));
    let mut parts = base.split('/').skip(1);
    if !parts.clone().all(is_plain) {
        return Err(format!(
            "the path {} is not possible: it may have letters, digits and - _ . ~ between single slashes",
            url.path()
        ));
    }
    if parts.next().is_some_and(|first| OWN.contains(&first)) {
        return Err(format!(
            "the path {base} is not possible: addresses of the program itself begin so; take another, such as /esteira"
        ));
    }
    Ok(format!("{}{base}", url.origin().ascii_serialization()))
}

impl HttpConfig {
    /// The path of the public address, such as `/esteira`; empty at the root of a host.
    #[must_use]
    pub fn base_path(&self) -> &str {
        let place = self.public_url.as_deref().and_then(|url| url.split_once("://"));
        let path = place.and_then(|(_, place)| place.find('/').and_then(|at| place.get(at..)));
        path.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn is_written_as_browsers_write_it() {
        for (text, address) in [
            ("https://esteira.example.com", "https://esteira.example.com"),
            ("HTTPS://Esteira.Example.COM:443/", "https://esteira.example.com"),
            ("http://esteira.example.com:80", "http://esteira.example.com"),
            ("https://esteira.example.com:8443/", "https://esteira.example.com:8443"),
            ("http://[::1]:8080", "http://[::1]:8080"),
            ("https://bücher.example.com", "https://xn--bcher-kva.example.com"),
            ("https://tools.example.com/esteira", "https://tools.example.com/esteira"),
            (
                "https://Tools.example.com:443/Esteira/",
                "https://tools.example.com/Esteira",
            ),
            (
                "http://tools.example.com/a/../b/v1.2_x~y/",
                "http://tools.example.com/b/v1.2_x~y",
            ),
            ("https://tools.example.com/apis/js", "https://tools.example.com/apis/js"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(address), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_the_reason() {
        for (text, part) in [
            ("esteira.example.com", "must be an address such as"),
            ("ftp://esteira.example.com", "must be an address such as"),
            ("https://", "must be an address such as"),
            (
                "https://ana:x@esteira.example.com",
                "nothing but scheme, host, port and path",
            ),
            (
                "https://esteira.example.com/?a=1",
                "nothing but scheme, host, port and path",
            ),
            ("https://example.com//", "the path // is not possible"),
            ("https://example.com/a//b", "the path /a//b is not possible"),
            ("https://example.com/operação", "between single slashes"),
            ("https://example.com/a\"b", "between single slashes"),
            ("https://example.com/a;b", "between single slashes"),
            ("https://example.com/api", "the program itself begin so"),
            ("https://example.com/vendor/esteira/", "the program itself begin so"),
        ] {
            let refused = read(text).err().unwrap_or_default();
            assert!(refused.contains(part), "{text}: {refused}");
        }
    }
}
