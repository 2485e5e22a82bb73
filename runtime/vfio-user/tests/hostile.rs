//! Whatever a server answers, an access ends with an error: no panic, no wait without end, no large allocation.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::{Duration, Instant};

use quirk_runtime::{ConfigAccess, ConfigRead};
use quirk_vfio_user::{Device, Error};

const TIMEOUT: Duration = Duration::from_millis(200);

/// A reply with all its fields.
#[derive(Clone)]
struct Reply {
    id: Option<u16>,
    command: Option<u16>,
    size: Option<u32>,
    flags: u32,
    error: u32,
    body: Vec<u8>,
}

fn reply(body: Vec<u8>) -> Reply {
    Reply { id: None, command: None, size: None, flags: 1, error: 0, body }
}

fn version() -> Reply {
    reply(b"\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":1048576}}\0".to_vec())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn device_info() -> Reply {
    reply(words(&[16, 2, 9, 5]))
}

fn region_info() -> Reply {
    reply(words(&[32, 3, 7, 0, 4096, 0, 0, 0]))
}

fn header_read() -> Reply {
    reply([words(&[0, 0, 7, 64]), vec![0x22; 64]].concat())
}

fn whole() -> Vec<Reply> {
    vec![version(), device_info(), region_info(), header_read()]
}

/// Answers one request after the other, then closes, or stays silent if `silent`.
fn server(replies: Vec<Reply>, silent: bool) -> UnixStream {
    let (client, mut stream) = UnixStream::pair().unwrap();
    thread::spawn(move || -> std::io::Result<()> {
        for reply in replies {
            let mut header = [0; 16];
            stream.read_exact(&mut header)?;
            let size = u32::from_ne_bytes(*header[4..].first_chunk().unwrap()) as usize;
            stream.read_exact(&mut vec![0; size - 16])?;
            let id = reply.id.map_or([header[0], header[1]], u16::to_ne_bytes);
            let command = reply.command.map_or([header[2], header[3]], u16::to_ne_bytes);
            let size = reply.size.unwrap_or(16 + reply.body.len() as u32);
            let head = [&id[..], &command, &words(&[size, reply.flags, reply.error])].concat();
            stream.write_all(&[head, reply.body].concat())?;
        }
        if silent {
            thread::sleep(TIMEOUT * 20);
        }
        Ok(())
    });
    client
}

fn connect(replies: Vec<Reply>) -> Result<Device, Error> {
    let started = Instant::now();
    let device = Device::from_stream(server(replies, true), TIMEOUT);
    assert!(started.elapsed() < TIMEOUT * 10);
    device
}

fn message(replies: Vec<Reply>) -> String {
    connect(replies).unwrap_err().to_string()
}

#[test]
fn a_server_that_keeps_to_the_protocol_is_taken() {
    assert_eq!(connect(whole()).unwrap().size(), 4096);
}

#[test]
fn a_silent_server_is_given_up() {
    for answered in 0..4 {
        assert!(matches!(connect(whole()[..answered].to_vec()), Err(Error::TimedOut { .. })), "{answered}");
    }
}

#[test]
fn a_server_that_goes_away_is_an_error() {
    for answered in 0..4 {
        let device = Device::from_stream(server(whole()[..answered].to_vec(), false), TIMEOUT);
        assert!(matches!(device, Err(Error::Gone { .. })), "{answered}");
    }
    let device = Device::from_stream(server(whole(), false), TIMEOUT).unwrap();
    assert!(matches!(device.read(0, &mut [0; 4]), Err(Error::Gone { .. })));
    assert!(matches!(device.write(0, &[0; 4]), Err(Error::GivenUp)));
}

#[test]
fn a_server_that_sends_byte_by_byte_is_given_up() {
    let (client, mut stream) = UnixStream::pair().unwrap();
    thread::spawn(move || {
        while stream.write_all(&[1]).is_ok() {
            thread::sleep(TIMEOUT / 2);
        }
    });
    let started = Instant::now();
    let error = Device::from_stream(client, TIMEOUT).unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error}");
    assert!(started.elapsed() < TIMEOUT * 5);
}

#[test]
fn nobody_at_the_socket_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = Device::connect(&folder.path().join("none")).unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error}");
}

#[test]
fn broken_headers() {
    let with = |change: fn(&mut Reply)| {
        (0..4).for_each(|at| {
            let mut replies = whole();
            change(&mut replies[at]);
            let error = connect(replies).unwrap_err();
            assert!(matches!(error, Error::BrokenReply { .. }), "{at}: {error}");
        });
    };
    with(|reply| reply.id = Some(0x7777));
    with(|reply| reply.command = Some(13));
    with(|reply| reply.flags = 0);
    with(|reply| reply.size = Some(0));
    with(|reply| reply.size = Some(15));
    with(|reply| reply.size = Some(u32::MAX));
    with(|reply| reply.body = vec![0; 3]);
    with(|reply| reply.body = Vec::new());
}

#[test]
fn a_refusal_names_its_reason() {
    for at in 0..4 {
        let mut replies = whole();
        replies[at] = Reply { flags: 0x21, error: 22, ..reply(Vec::new()) };
        let error = message(replies);
        assert!(error.starts_with("the server refused") && error.contains("Invalid argument"), "{error}");
    }
}

#[test]
fn versions_that_cannot_be_spoken() {
    let with = |body: &[u8]| message(vec![reply(body.to_vec())]);
    assert_eq!(with(b"\x05\x05\0\0{}\0"), "broken reply to VERSION: version 1285.0, expected 0.x");
    assert!(with(b"\0\0\0\0nonsense\0").starts_with("broken reply to VERSION: version data: "));
    for size in ["0", "1", "3", "-4", "4.5", "4294967296", "18446744073709551615", "\"64\"", "[]"] {
        let body = format!("\0\0\0\0{{\"capabilities\":{{\"max_data_xfer_size\":{size}}}}}\0");
        let error = with(body.as_bytes());
        let expected = format!("`max_data_xfer_size` is {size}, expected 4 to 4294967295 bytes");
        assert_eq!(error, format!("broken reply to VERSION: {expected}"));
    }
    let long = format!("\0\0\0\0{{\"capabilities\":{{\"max_data_xfer_size\":\"{}\"}}}}\0", "é".repeat(20000));
    assert!(with(long.as_bytes()).len() < 200);
    let mut replies = whole();
    replies[0] = reply(vec![0; 4]);
    assert!(connect(replies).is_ok(), "everything after the version is optional");
}

#[test]
fn devices_that_are_no_pci_function() {
    let with = |at: usize, body: &[u32]| {
        let mut replies = whole();
        replies[at] = reply(words(body));
        message(replies)
    };
    let not = "not a PCI function with a configuration space: ";
    assert_eq!(with(1, &[16, 4, 9, 5]), format!("{not}device flags 0x4"));
    assert_eq!(with(1, &[16, 2, 7, 5]), format!("{not}7 regions, and configuration space is number 7"));
    assert_eq!(with(2, &[32, 2, 7, 0, 4096, 0, 0, 0]), format!("{not}its configuration space cannot be read"));
    for (low, high) in [(0, 0), (64, 0), (255, 0), (4097, 0), (4096, 1), (u32::MAX, u32::MAX)] {
        assert!(with(2, &[32, 3, 7, 0, low, high, 0, 0]).starts_with(&format!("{not}a configuration space of")));
    }
    assert_eq!(with(2, &[32, 3, 6, 0, 4096, 0, 0, 0]), "broken reply to DEVICE_GET_REGION_INFO: region 6, expected 7");
}

#[test]
fn short_and_foreign_data_is_not_taken() {
    let with = |access: &[u32], data: usize| {
        let mut replies = whole();
        replies.push(reply([words(access), vec![0x33; data]].concat()));
        let device = connect(replies).unwrap();
        let mut buffer = [0; 4];
        let error = device.read(0x100, &mut buffer).unwrap_err();
        assert!(matches!(error, Error::BrokenReply { .. }), "{error}");
        assert_eq!(buffer, [0; 4]);
    };
    with(&[0x100, 0, 7, 4], 3);
    with(&[0x100, 0, 7, 3], 3);
    with(&[0x100, 0, 7, 4], 0);
    with(&[0x104, 0, 7, 4], 4);
    with(&[0x100, 0, 6, 4], 4);
    with(&[0x100, 1, 7, 4], 4);
    with(&[0x100, 0, 7, 4], 5);
}

#[test]
fn accesses_are_cut_to_what_the_server_takes() {
    let mut replies = whole();
    replies[0] = reply(b"\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":64}}\0".to_vec());
    replies.push(reply([words(&[0x40, 0, 7, 64]), vec![1; 64]].concat()));
    replies.push(reply([words(&[0x80, 0, 7, 16]), vec![2; 16]].concat()));
    let device = connect(replies).unwrap();
    let mut buffer = [0; 80];
    device.read(0x40, &mut buffer).unwrap();
    assert_eq!((buffer[0], buffer[63], buffer[64], buffer[79]), (1, 1, 2, 2));
}

/// Answers whatever is asked, 4 bytes a message, and from the fifth request on slowly. Gives what it was asked after that.
fn slow_server(pause: Duration) -> (UnixStream, thread::JoinHandle<usize>) {
    let (client, mut stream) = UnixStream::pair().unwrap();
    let asked = thread::spawn(move || {
        let mut asked = 0;
        let mut answer = |asked: &mut usize| -> std::io::Result<()> {
            let mut header = [0; 16];
            stream.read_exact(&mut header)?;
            let mut body = vec![0; u32::from_ne_bytes(*header[4..].first_chunk().unwrap()) as usize - 16];
            stream.read_exact(&mut body)?;
            let body = match header[2] {
                1 => b"\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":4}}\0".to_vec(),
                4 => device_info().body,
                5 => region_info().body,
                9 => [&body[..16], &vec![0x22; usize::from(body[12])]].concat(),
                _ => body[..16].to_vec(),
            };
            // Version, two infos, and a header of 16 messages.
            *asked += 1;
            if *asked > 19 {
                thread::sleep(pause);
            }
            let head = [&header[..4], &words(&[16 + body.len() as u32, 1, 0])].concat();
            stream.write_all(&[head, body].concat())
        };
        while answer(&mut asked).is_ok() {}
        asked - 19
    });
    (client, asked)
}

/// The deadline is that of the access: a server that takes its time over each piece is not given it anew.
type Access = fn(&Device) -> Result<(), Error>;

#[test]
fn an_access_of_many_messages_ends_by_one_deadline() {
    const PARTS: u32 = 8;
    let access: [Access; 2] = [|device| device.read(0, &mut [0; 4096]), |device| device.write(0x40, &[0; 1024])];
    for access in access {
        let (client, asked) = slow_server(TIMEOUT / PARTS);
        let device = Device::from_stream(client, TIMEOUT).unwrap();
        assert!(matches!(access(&device), Err(Error::TimedOut { .. })));
        assert!(matches!(device.read(0, &mut [0; 4]), Err(Error::GivenUp)));
        drop(device);
        // Each answer takes an eighth of the time at least, so that a ninth request is the last.
        let asked = asked.join().unwrap();
        assert!((1..=PARTS as usize + 1).contains(&asked), "{asked} requests");
    }
}

/// A register is never cut in halves, whatever size the server names.
#[test]
fn messages_hold_whole_dwords() {
    let mut replies = whole();
    replies[0] = reply(b"\0\0\0\0{\"capabilities\":{\"max_data_xfer_size\":67}}\0".to_vec());
    replies.push(reply([words(&[0x40, 0, 7, 64]), vec![1; 64]].concat()));
    replies.push(reply([words(&[0x80, 0, 7, 4]), vec![2; 4]].concat()));
    let device = connect(replies).unwrap();
    device.read(0x40, &mut [0; 68]).unwrap();
}

#[test]
fn no_time_at_all_is_no_endless_wait() {
    let device = Device::from_stream(server(whole(), true), Duration::ZERO);
    assert!(matches!(device, Err(Error::TimedOut { .. })));
    let device = Device::from_stream(server(whole(), false), Duration::MAX).unwrap();
    assert!(matches!(device.read(0, &mut [0; 4]), Err(Error::Gone { .. })));
}
