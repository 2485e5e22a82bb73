//! Requests and their replies over one socket, by a deadline and bounded memory.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::message::{HEADER, ReplyHeader, request};
use crate::{Command, Error};

/// A socket with a server behind it.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: UnixStream,
    next_id: u16,
    /// After a broken or missing reply nobody knows where the next one begins.
    given_up: bool,
}

impl Connection {
    pub(crate) fn new(stream: UnixStream) -> Self {
        Self { stream, next_id: 0, given_up: false }
    }

    /// Sends a request and gives the body of its reply, which has at most `largest` bytes; gives up at the deadline.
    pub(crate) fn exchange(
        &mut self,
        command: Command,
        body: &[u8],
        largest: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>, Error> {
        if self.given_up {
            return Err(Error::GivenUp);
        }
        let result = self.try_exchange(command, body, largest, deadline);
        self.given_up = !matches!(result, Ok(_) | Err(Error::Refused { .. }));
        result
    }

    fn try_exchange(
        &mut self,
        command: Command,
        body: &[u8],
        largest: usize,
        deadline: Instant,
    ) -> Result<Vec<u8>, Error> {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        self.send(command, &request(id, command, body), deadline)?;
        let mut header = [0; HEADER];
        self.receive(command, &mut header, deadline)?;
        let header = ReplyHeader::read(&header);
        let length = header.body(id, command, largest).map_err(|problem| Error::BrokenReply { command, problem })?;
        let mut body = vec![0; length];
        self.receive(command, &mut body, deadline)?;
        match header.refusal() {
            Some(0) => Err(Error::Refused { command, source: io::Error::other("no reason given") }),
            Some(number) => {
                let source = i32::try_from(number).map_or_else(io::Error::other, io::Error::from_raw_os_error);
                Err(Error::Refused { command, source })
            }
            None => Ok(body),
        }
    }

    /// Sends it all. What is left until the deadline is the timeout of each system call, so that pieces add up to no more.
    fn send(&mut self, command: Command, mut bytes: &[u8], deadline: Instant) -> Result<(), Error> {
        while !bytes.is_empty() {
            let left = left(command, deadline)?;
            let sent = self.stream.set_write_timeout(Some(left)).and_then(|()| self.stream.write(bytes));
            match sent {
                Ok(0) => return Err(Error::Gone { command }),
                Ok(count) => bytes = &bytes[count..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failure(command, error)),
            }
        }
        Ok(())
    }

    /// Fills the buffer, by the same deadline.
    fn receive(&mut self, command: Command, buffer: &mut [u8], deadline: Instant) -> Result<(), Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            let left = left(command, deadline)?;
            let received =
                self.stream.set_read_timeout(Some(left)).and_then(|()| self.stream.read(&mut buffer[filled..]));
            match received {
                Ok(0) => return Err(Error::Gone { command }),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failure(command, error)),
            }
        }
        Ok(())
    }
}

/// The time until the deadline, never zero: a socket takes that for no timeout at all.
fn left(command: Command, deadline: Instant) -> Result<Duration, Error> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(Error::TimedOut { command }) } else { Ok(left) }
}

fn failure(command: Command, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Error::TimedOut { command },
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Error::Gone { command },
        _ => Error::Io { command, source },
    }
}
