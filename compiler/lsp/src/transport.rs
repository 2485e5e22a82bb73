//! Messages on a byte stream. What is broken is told apart from what has ended, so that one bad message costs nothing but its
//! answer.

use std::io::{self, BufRead, Read, Write};

use lsp_server::{ErrorCode, Message, RequestId};
use serde_json::{Value, json};

/// The longest line of a head, and the longest message.
const LONGEST_LINE: u64 = 16 << 10;
const LONGEST_MESSAGE: u64 = 1 << 30;

/// What came.
#[derive(Debug)]
pub(crate) enum Incoming {
    Message(Message),
    /// What cannot be understood, with what is to be answered.
    Broken(Value),
}

/// The next message; none at the end of the stream.
pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = head(input)? else { return Ok(None) };
    let Some(length) = length else {
        return Ok(Some(broken(Value::Null, ErrorCode::ParseError, "a head without `Content-Length`")));
    };
    if length > LONGEST_MESSAGE {
        let message = format!("a message of {length} bytes is too long");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(message(&body)))
}

/// The length that a head states; the outer none at the end of the stream.
fn head(input: &mut impl BufRead) -> io::Result<Option<Option<u64>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).to_ascii_lowercase();
        if line.trim().is_empty() {
            return Ok(Some(length));
        }
        // What a broken message left may stand before it in the line.
        if let Some((_, value)) = line.rsplit_once("content-length:") {
            length = value.trim().parse().ok();
        }
    }
}

fn message(body: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return broken(Value::Null, ErrorCode::ParseError, &format!("not JSON: {error}")),
    };
    let id = value.get("id").cloned();
    let is_request = id.is_some() && value.get("method").is_some();
    match serde_json::from_value(value) {
        // An id that cannot be had would make a notification of a request, which nobody answers.
        Ok(message) if matches!(message, Message::Request(_)) == is_request => Incoming::Message(message),
        Ok(_) => broken(id.unwrap_or_default(), ErrorCode::InvalidRequest, "an id is a number of 32 bits or a text"),
        Err(_) => broken(id.unwrap_or_default(), ErrorCode::InvalidRequest, "neither request, answer nor notification"),
    }
}

fn broken(id: Value, code: ErrorCode, message: &str) -> Incoming {
    let id = if id.is_number() || id.is_string() { id } else { Value::Null };
    Incoming::Broken(json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code as i32, "message": message } }))
}

/// Sends a message.
pub(crate) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let body = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{body}", body.len())?;
    output.flush()
}

/// An answer, as it is sent.
pub(crate) fn answer(id: &RequestId, result: Result<Value, (i32, String)>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err((code, message)) => json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": message } }),
    }
}

/// A notification, as it is sent.
pub(crate) fn notification(method: &str, params: Value) -> Value {
    let mut message = json!({ "jsonrpc": "2.0", "method": method });
    message["params"] = params;
    message
}

/// A request, as it is sent.
pub(crate) fn request(id: &str, method: &str, params: Value) -> Value {
    let mut message = notification(method, params);
    message["id"] = id.into();
    message
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::io::Cursor;

    use super::{Incoming, read};

    /// What is read of a stream: methods, and `!` for what is broken.
    fn methods(stream: &str) -> Vec<String> {
        let mut input = Cursor::new(stream.as_bytes().to_vec());
        let mut found = Vec::new();
        while let Some(incoming) = read(&mut input).unwrap() {
            found.push(match incoming {
                Incoming::Message(lsp_server::Message::Notification(note)) => note.method,
                Incoming::Message(other) => format!("{other:?}"),
                Incoming::Broken(answer) => format!("!{}", answer["id"]),
            });
        }
        found
    }

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    #[test]
    fn a_broken_message_costs_nothing_but_itself() {
        let good = framed(r#"{"jsonrpc":"2.0","method":"a"}"#);
        for (bad, answers) in [
            (framed("{"), "!null"),
            (framed("\u{e9}"), "!null"),
            (framed("[]"), "!null"),
            (framed(r#"{"id":7}"#), "!7"),
            (framed(r#"{"id":99999999999,"method":"b"}"#), "!99999999999"),
            (framed(r#"{"id":1.5,"method":"b"}"#), "!1.5"),
            (framed(r#"{"id":{},"method":"b"}"#), "!null"),
            ("X: y\r\n\r\n".to_owned(), "!null"),
        ] {
            assert_eq!(methods(&format!("{good}{bad}{good}")), ["a", answers, "a"], "{bad}");
        }
    }

    #[test]
    fn a_stream_that_breaks_off_has_ended() {
        let whole = framed(r#"{"jsonrpc":"2.0","method":"a"}"#);
        for end in 0..whole.len() {
            assert_eq!(methods(&whole[..end]), Vec::<String>::new());
        }
    }
}
