use futures_util::TryStreamExt as _;

use super::*;
use crate::integrations::rpa::{Joining, LogCursor, RpaLogLine, Told};

/// Numbers and messages.
type NumberedLines = Vec<(u64, String)>;

/// Places and messages of what is new after a place.
fn told(lines: Vec<RpaLogLine>, after: u64) -> NumberedLines {
    let mut cursor = LogCursor::after(|_| Vec::new(), after, Some(after.to_string()));
    let mut joining = Joining::listed(&cursor);
    let mut told = Vec::new();
    loop {
        for line in &lines {
            joining.push(&mut cursor, line.clone(), &mut told);
        }
        joining.settle(&mut cursor, &mut told);
        if !joining.asks_again() {
            break;
        }
    }
    let new = told.into_iter().filter_map(|told| match told {
        Told::Line { place, line } => Some((place, line.message)),
        Told::Note(_) => None,
    });
    new.collect()
}

/// What is sent to go on after a place.
fn asked_after(after: u64) -> Option<String> {
    (after > 0).then(|| after.to_string())
}

fn lines(from: u64, to: u64) -> NumberedLines {
    (from..=to).map(|number| (number, format!("linha {number}"))).collect()
}

fn events(from: u64, to: u64, ids: bool) -> Vec<u8> {
    let event = |number| {
        let id = if ids { format!("id: {number}\n") } else { String::new() };
        format!("{id}data: linha {number}\n\n")
    };
    (from..=to).map(event).collect::<String>().into_bytes()
}

fn streamed(text: impl Into<Bytes>) -> Answer {
    Answer::Pieces(vec![text.into()], false)
}

/// The lines, and how the stream ended.
async fn follow(rpa: &HttpRpa, api: &Api, after: u64) -> (NumberedLines, Option<String>) {
    let mut seen = Vec::new();
    let asked = asked_after(after);
    let RpaLogs::Stream(mut stream) = rpa.logs(&api.connection, &id("7"), asked.as_deref()).await.unwrap() else {
        panic!("a stream was expected")
    };
    loop {
        match stream.try_next().await {
            Ok(Some(line)) => seen.push(line),
            Ok(None) => return (told(seen, after), None),
            Err(error) => {
                assert!(matches!(stream.try_next().await, Ok(None)), "nothing follows an error");
                return (told(seen, after), Some(kind(&error)));
            }
        }
    }
}

async fn listed(api: &Api, after: u64) -> Result<NumberedLines, String> {
    let asked = asked_after(after);
    match rpa().logs(&api.connection, &id("7"), asked.as_deref()).await {
        Ok(RpaLogs::Lines(list)) => Ok(told(list.lines().unwrap().collect().await, after)),
        Ok(RpaLogs::Stream(_)) => Err("stream".to_owned()),
        Ok(RpaLogs::Text(_)) => Err("text".to_owned()),
        Ok(RpaLogs::TooLong { .. }) => Err("too long".to_owned()),
        Ok(RpaLogs::Unsupported) => Err("unsupported".to_owned()),
        Err(error) => Err(kind(&error)),
    }
}

#[tokio::test]
async fn an_api_that_goes_on_and_one_that_begins_anew_give_the_same() {
    let api = Api::new(streamed(events(1, 5, true))).await;
    assert_eq!(follow(&rpa(), &api, 0).await, (lines(1, 5), None));
    let asked = api.last();
    assert_eq!(
        (asked.method.clone(), asked.path.as_str()),
        (Method::GET, "/v1/jobs/7/logs")
    );
    assert_eq!(
        asked.header("accept"),
        Some("text/event-stream, application/json;q=0.9")
    );
    assert_eq!(asked.header("last-event-id"), None);
    for answer in [events(1, 5, true), events(1, 5, false), events(4, 5, true)] {
        api.answers(streamed(answer));
        assert_eq!(follow(&rpa(), &api, 3).await, (lines(4, 5), None));
        assert_eq!(api.last().header("last-event-id"), Some("3"));
    }
}

#[tokio::test]
async fn pieces_of_a_stream_may_end_anywhere() {
    let text =
        "id: 1\r\ndata: é\r\n\r\nid: 2\rdata: {\"message\":\"a\\nb\",\"n\":9}\r\r: ativo\n\nevent: log\ndata: c\n\n";
    let expected: NumberedLines = vec![(1, "é".to_owned()), (2, "a\nb".to_owned()), (3, "c".to_owned())];
    let pieces = text.as_bytes().chunks(1).map(Bytes::copy_from_slice).collect();
    let api = Api::new(Answer::Pieces(pieces, false)).await;
    assert_eq!(follow(&rpa(), &api, 0).await, (expected, None));
}

#[tokio::test]
async fn lines_are_read_from_objects_and_from_text() {
    let text = "data: {\"timestamp\":\"2025-10-15T13:42:51.201Z\",\"level\":\"erro\",\"mensagem\":\"\\u001b[31mnão\\u001b[0m\",\"n\":4}\n\n\
        data: [WARNING] devagar\ndata: ainda\n\nevent: heartbeat\nid: 9\ndata: x\n\nevent: message\ndata: {\"a\":1}\n\n";
    let api = Api::new(streamed(text)).await;
    let Ok(RpaLogs::Stream(stream)) = rpa().logs(&api.connection, &id("7"), Some("3")).await else {
        panic!("a stream was expected")
    };
    let lines: Vec<RpaLogLine> = stream.try_collect().await.unwrap();
    let seen: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                line.number,
                line.level.as_str(),
                line.message.as_str(),
                line.at.map(|at| at.to_rfc3339()),
            )
        })
        .collect();
    let at = Some("2025-10-15T13:42:51.201+00:00".to_owned());
    let expected = [
        (4, "error", "\u{1b}[31mnão\u{1b}[0m", at),
        (5, "warn", "[WARNING] devagar\nainda", None),
        (6, "info", "{\"a\":1}", None),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_stream_ends_at_its_end_in_silence_and_when_it_breaks() {
    let mut text = events(1, 2, true);
    text.extend_from_slice(b"event: end\ndata: {}\n\ndata: nunca\n\n");
    let api = Api::new(Answer::Pieces(vec![text.into()], true)).await;
    assert_eq!(
        follow(&rpa(), &api, 0).await,
        (lines(1, 2), None),
        "the connection stays open behind the end"
    );
    api.answers(Answer::Pieces(vec![b"event: end\n\n".to_vec().into()], true));
    assert_eq!(follow(&rpa(), &api, 0).await, (Vec::new(), None));
    api.answers(Answer::Pieces(vec![events(1, 2, true).into()], true));
    assert_eq!(
        follow(&hasty(), &api, 0).await,
        (lines(1, 2), Some("technical".to_owned()))
    );
    api.answers(streamed([events(1, 2, true), b"data: half".to_vec()].concat()));
    assert_eq!(follow(&rpa(), &api, 0).await, (lines(1, 2), None));
}

#[tokio::test]
async fn a_stream_outlives_the_time_for_whole_answers() {
    let api = Api::new(Answer::Pieces(vec![events(1, 1, true).into()], true)).await;
    let mut rpa = hasty();
    rpa.timeouts.silence = 2 * rpa.timeouts.logs;
    let begun = Instant::now();
    assert_eq!(follow(&rpa, &api, 0).await, (lines(1, 1), Some("technical".to_owned())));
    assert!(begun.elapsed() >= rpa.timeouts.silence);
}

#[tokio::test]
async fn what_is_no_text_is_replaced() {
    let api = Api::new(streamed(b"data: a\xff\xc3\n\n".to_vec())).await;
    assert_eq!(
        follow(&rpa(), &api, 0).await,
        (vec![(1, "a\u{fffd}\u{fffd}".to_owned())], None)
    );
    api.answers(Answer::Whole(200, "application/json", b"[\"a\xffb\"]".to_vec()));
    assert_eq!(listed(&api, 0).await, Ok(vec![(1, "a\u{fffd}b".to_owned())]));
}

#[tokio::test]
async fn lists_come_in_every_form() {
    let api = Api::new(Answer::json(200, "[]")).await;
    let forms = [
        r#"["linha 1","linha 2","linha 3"]"#,
        r#"{"logs":["linha 1","linha 2","linha 3"],"total":3}"#,
        r#"{"job_id":7,"lines":[{"message":"linha 1"},{"msg":"linha 2"},{"mensagem":"linha 3","level":"ERROR"}]}"#,
        r#"{"linhas":"linha 1\r\nlinha 2\nlinha 3\n"}"#,
        r#""linha 1\nlinha 2\nlinha 3""#,
        r#"[{"n":1,"message":"linha 1"},{"n":"2","message":"linha 2"},{"n":3,"message":"linha 3"}]"#,
    ];
    for form in forms {
        api.answers(Answer::json(200, form));
        assert_eq!(listed(&api, 0).await, Ok(lines(1, 3)), "{form}");
        assert_eq!(listed(&api, 2).await, Ok(lines(3, 3)), "{form}");
        assert_eq!(listed(&api, 3).await, Ok(Vec::new()), "{form}");
    }
    // Only the newest, and a message with line breaks, which is one line.
    api.answers(Answer::json(
        200,
        r#"{"logs":[{"n":8,"message":"a\nb"},"c\nd",null,{"x":1}]}"#,
    ));
    let expected = [(8, "a\nb"), (9, "c\nd"), (10, "null"), (11, "{\"x\":1}")];
    assert_eq!(
        listed(&api, 2).await,
        Ok(expected.map(|(number, text)| (number, text.to_owned())).to_vec())
    );
    for empty in [r#"{"logs":null}"#, "[]", "null", "\"\""] {
        api.answers(Answer::json(200, empty));
        assert_eq!(listed(&api, 0).await, Ok(Vec::new()), "{empty}");
    }
}

#[tokio::test]
async fn long_lists_are_in_memory_one_after_another() {
    let lines = |to| (1..=to).map(|number| format!("linha {number}")).collect::<Vec<_>>();
    let body = serde_json::to_string(&lines(30_000)).unwrap();
    let api = Api::new(Answer::json(200, &body)).await;
    let (rpa, id) = (rpa(), id("7"));
    let Ok(RpaLogs::Lines(first)) = rpa.logs(&api.connection, &id, None).await else {
        panic!("a list was expected")
    };
    let mut second = std::pin::pin!(rpa.logs(&api.connection, &id, None));
    let waits = tokio::time::timeout(Duration::from_millis(500), second.as_mut()).await;
    assert!(waits.is_err(), "both are in memory at once");
    // A short one waits for nothing.
    api.answers(Answer::json(200, r#"["linha 1"]"#));
    let short = rpa.logs(&api.connection, &id, None).await;
    assert!(matches!(short, Ok(RpaLogs::Lines(_))));
    let read: Vec<RpaLogLine> = first.lines().unwrap().collect().await;
    drop(first);
    let Ok(RpaLogs::Lines(second)) = second.await else {
        panic!("a list was expected")
    };
    let again: Vec<RpaLogLine> = second.lines().unwrap().collect().await;
    assert!(read == again && read.len() == 30_000, "{} lines", again.len());
}

#[tokio::test]
async fn each_answer_about_a_log_means_what_the_contract_says() {
    let api = Api::new(Answer::json(200, "[]")).await;
    let answers = [
        (Answer::json(204, ""), Ok(Vec::new())),
        (Answer::json(404, "{}"), Err("unsupported")),
        (Answer::html(404), Err("unsupported")),
        (Answer::json(405, ""), Err("unsupported")),
        (Answer::json(406, ""), Err("unsupported")),
        (Answer::json(501, ""), Err("unsupported")),
        (Answer::json(401, "{}"), Err("unauthorized")),
        (Answer::json(410, "{}"), Err("not found")),
        (Answer::json(307, ""), Err(MOVED)),
        (Answer::json(500, "[]"), Err("technical")),
        (Answer::html(200), Err("technical")),
        (Answer::json(200, "{}"), Err("technical")),
        (Answer::json(200, r#"{"logs":{"logs":[]}}"#), Err("technical")),
        (Answer::json(200, r#"["a"] ["b"]"#), Err("technical")),
        (Answer::Cut(200), Err("technical")),
    ];
    for (answer, expected) in answers {
        api.answers(answer);
        assert_eq!(listed(&api, 0).await, expected.map_err(str::to_owned));
    }
    for status in [200, 500] {
        api.answers(Answer::Hang(status));
        let result = hasty().logs(&api.connection, &id("7"), None).await;
        assert_eq!(result.err().map(|error| kind(&error)).as_deref(), Some("technical"));
    }
}

/// Numbers, messages and whether more of the line may come.
async fn text_of(api: &Api) -> Vec<(u64, String, bool)> {
    let Ok(RpaLogs::Text(stream)) = rpa().logs(&api.connection, &id("7"), None).await else {
        panic!("text was expected")
    };
    let lines: Vec<RpaLogLine> = stream.try_collect().await.unwrap();
    let told = lines
        .into_iter()
        .map(|line| (line.number, line.message, line.unfinished));
    told.collect()
}

#[tokio::test]
async fn text_is_read_line_by_line() {
    let whole = |kind, body: &str| Answer::Whole(200, kind, body.as_bytes().to_vec());
    let api = Api::new(whole("Text/Plain; charset=utf-8", "[INFO] um\r\n\ndois")).await;
    let line = |number, text: &str, unfinished| (number, text.to_owned(), unfinished);
    assert_eq!(
        text_of(&api).await,
        [line(1, "[INFO] um", false), line(2, "", false), line(3, "dois", true)]
    );
    for kind in [
        "application/x-ndjson",
        "application/jsonl",
        "text/plain",
        "application/octet-stream",
    ] {
        api.answers(whole(
            kind,
            "{\"n\":0,\"msg\":\"um\"}\n{\"n\":4,\"msg\":\"dois\"}\n{\"a\":1}\n",
        ));
        assert_eq!(
            text_of(&api).await,
            [
                line(0, "um", false),
                line(4, "dois", false),
                line(5, "{\"a\":1}", false)
            ],
            "{kind}"
        );
    }
}

#[tokio::test]
async fn a_list_is_told_from_text_whatever_it_calls_itself() {
    let whole = |kind, body: &str| Answer::Whole(200, kind, body.as_bytes().to_vec());
    let api = Api::new(Answer::json(200, "[]")).await;
    let answers = [
        ("text/plain", r#"["linha 1","linha 2","linha 3"]"#, Ok(lines(1, 3))),
        ("text/plain", "[\n  \"linha 1\",\n  \"linha 2\"\n]\n", Ok(lines(1, 2))),
        ("text/plain", "{\"logs\":[\"linha 1\"]}\n", Ok(lines(1, 1))),
        // No list after all.
        ("text/plain", "[linha 1", Ok(vec![(1, "[linha 1".to_owned())])),
        ("text/plain", "[", Ok(vec![(1, "[".to_owned())])),
        (
            "application/json",
            "{\"n\":1,\"msg\":\"linha 1\"}\n{\"msg\":\"linha 2\"}\n",
            Ok(lines(1, 2)),
        ),
        ("application/json", "{\"msg\":\"linha 1\"}", Ok(lines(1, 1))),
        ("application/json", "linha 1", Err("technical".to_owned())),
        ("text/plain", "<!DOCTYPE html>\n<html>", Err("technical".to_owned())),
        ("text/plain", "PK\u{0}\n", Err("technical".to_owned())),
        ("application/xml", "<logs/>", Err("technical".to_owned())),
    ];
    for (kind, body, expected) in answers {
        api.answers(whole(kind, body));
        assert_eq!(listed(&api, 0).await, expected, "{kind} {body}");
    }
    api.answers(whole("application/xml; charset=utf-8", "?"));
    let error = rpa().logs(&api.connection, &id("7"), None).await.err().unwrap();
    let kind = "application/xml".to_owned();
    assert_eq!(error.reason(), Reason::LogFormUnknown { kind });
}

#[tokio::test]
async fn events_of_any_name_are_read_and_the_id_goes_back_as_it_came() {
    let text = "event: stdout\nid: 1700-1\ndata: um\n\nevent: Ping\ndata: x\n\nevent: progress\ndata:  \n\n\
        event: error\ndata: dois\n\ndata: [{\"n\":7,\"msg\":\"a\"},{\"n\":8,\"msg\":\"b\"}]\n\nid: x\u{e9}\ndata: [1]\n\n";
    let api = Api::new(streamed(text)).await;
    let Ok(RpaLogs::Stream(stream)) = rpa().logs(&api.connection, &id("7"), Some("ação 1")).await else {
        panic!("a stream was expected")
    };
    let sent = api.last().headers.get("last-event-id").unwrap().as_bytes().to_vec();
    assert_eq!(sent, "ação 1".as_bytes());
    let read: Vec<RpaLogLine> = stream.try_collect().await.unwrap();
    let read: Vec<_> = read
        .iter()
        .map(|line| {
            (
                line.message.as_str(),
                line.level.as_str(),
                line.number,
                line.numbered,
                line.id.as_deref(),
            )
        })
        .collect();
    let expected = [
        ("um", "info", 1, false, Some("1700-1")),
        ("dois", "error", 2, false, None),
        ("a", "info", 7, true, Some("7")),
        ("b", "info", 8, true, Some("8")),
        ("[1]", "info", 9, false, Some("xé")),
    ];
    assert_eq!(read, expected);
}
