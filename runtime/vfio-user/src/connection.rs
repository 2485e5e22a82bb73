//! Requests and their replies over one socket, in bounded time and bounded memory.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use crate::message::{HEADER, ReplyHeader, request};
use crate::{Command, Error};

/// A socket with a server behind it.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: UnixStream,
    timeout: Duration,
    next_id: u16,
    /// After a broken or missing reply nobody knows where the next one begins.
    given_up: bool,
}

impl Connection {
    pub(crate) fn new(stream: UnixStream, timeout: Duration) -> io::Result<Self> {
        stream.set_read_timeout(Some(timeout))?;
        stream.set_write_timeout(Some(timeout))?;
        Ok(Self { stream, timeout, next_id: 0, given_up: false })
    }

    /// Sends a request and gives the body of its reply, which has at most `largest` bytes.
    pub(crate) fn exchange(&mut self, command: Command, body: &[u8], largest: usize) -> Result<Vec<u8>, Error> {
        if self.given_up {
            return Err(Error::GivenUp);
        }
        let result = self.try_exchange(command, body, largest);
        self.given_up = !matches!(result, Ok(_) | Err(Error::Refused { .. }));
        result
    }

    fn try_exchange(&mut self, command: Command, body: &[u8], largest: usize) -> Result<Vec<u8>, Error> {
        let id = self.next_id;
        self.next_id = id.wrapping_add(1);
        self.stream.write_all(&request(id, command, body)).map_err(|source| failure(command, source))?;
        let deadline = Instant::now() + self.timeout;
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

    /// Fills the buffer. The socket's own timeout ends one wait, the deadline a server that sends byte by byte.
    fn receive(&mut self, command: Command, buffer: &mut [u8], deadline: Instant) -> Result<(), Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.stream.read(&mut buffer[filled..]) {
                Ok(0) => return Err(Error::Gone { command }),
                Ok(_) if Instant::now() > deadline => return Err(Error::TimedOut { command }),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failure(command, error)),
            }
        }
        Ok(())
    }
}

fn failure(command: Command, source: io::Error) -> Error {
    match source.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Error::TimedOut { command },
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Error::Gone { command },
        _ => Error::Io { command, source },
    }
}
