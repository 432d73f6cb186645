//! Statements of a route, by our own metrics. A server that does not count them has none to tell.

use anyhow::Result;

use super::client;

/// So many statements for so many requests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Counted {
    statements: f64,
    requests: f64,
}

pub(super) fn of(port: u16, template: &str) -> Result<Option<Counted>> {
    let answer = client::get(port, "/metrics", "")?;
    Ok(read(&String::from_utf8_lossy(&answer.body), template))
}

/// Of the requests between two counts.
pub(super) fn per_request(before: Option<Counted>, after: Option<Counted>) -> Option<f64> {
    let after = after?;
    let before = before.unwrap_or(Counted {
        statements: 0.0,
        requests: 0.0,
    });
    let requests = after.requests - before.requests;
    (requests > 0.0).then(|| (after.statements - before.statements) / requests)
}

fn read(metrics: &str, template: &str) -> Option<Counted> {
    Some(Counted {
        statements: sum(metrics, "esteira_http_statements_total", template)?,
        requests: sum(metrics, "esteira_http_request_seconds_count", template)?,
    })
}

/// Sums the lines of a counter for `GET` of a route, whatever other labels they have.
fn sum(metrics: &str, counter: &str, template: &str) -> Option<f64> {
    let wanted = |labels: &str| {
        let mut route = labels
            .split("route=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        labels.contains("method=\"GET\"") && route.any(|route| route.ends_with(template))
    };
    let values: Vec<f64> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix(counter)?.strip_prefix('{')?.rsplit_once("} "))
        .filter(|(labels, _)| wanted(labels))
        .filter_map(|(_, value)| value.trim().parse().ok())
        .collect();
    (!values.is_empty()).then(|| values.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::{per_request, read};

    const METRICS: &str = "# TYPE esteira_http_statements_total counter\n\
        esteira_http_statements_total{method=\"GET\",route=\"/api/v1/processes\"} 30\n\
        esteira_http_statements_total{method=\"GET\",route=\"/api/v1/processes/{id}\"} 7\n\
        esteira_http_statements_total{method=\"POST\",route=\"/api/v1/processes\"} 99\n\
        esteira_http_request_seconds_count{method=\"GET\",route=\"/api/v1/processes\",status=\"200\"} 9\n\
        esteira_http_request_seconds_count{method=\"GET\",route=\"/api/v1/processes\",status=\"401\"} 1\n";

    #[test]
    fn counters_of_one_route_are_read() {
        let counted = read(METRICS, "/processes");
        assert_eq!(per_request(None, counted), Some(3.0));
        assert_eq!(per_request(counted, counted), None);
        assert_eq!(read(METRICS, "/processes/{id}"), None);
    }
}
