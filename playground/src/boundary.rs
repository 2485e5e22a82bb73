//! What a page calls: numbers go over, and texts through memory that both sides see.
//!
//! A page asks for room with `quirk_room`, writes question and bytes there, calls `quirk_answer`, and reads the answer from where
//! `quirk_written` says. One call at a time: a worker of a page has one thread.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the page writes: the question, then the bytes that go with it.
static ROOM: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// What it reads.
static WRITTEN: Mutex<String> = Mutex::new(String::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for so many bytes, which read 0, and says where it is.
#[expect(unsafe_code, reason = "a page calls it by this name")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn quirk_room(bytes: usize) -> *const u8 {
    let mut room = locked(&ROOM);
    *room = vec![0; bytes];
    room.as_ptr()
}

/// Answers what is in the room: so many bytes of it are the question. Says how long the answer is.
#[expect(unsafe_code, reason = "a page calls it by this name")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn quirk_answer(question: usize) -> usize {
    let room = std::mem::take(&mut *locked(&ROOM));
    let (question, bytes) = room.split_at(question.min(room.len()));
    let answer = crate::answer::answer(&String::from_utf8_lossy(question), bytes);
    let mut written = locked(&WRITTEN);
    *written = answer;
    written.len()
}

/// Where the answer is, until the next question.
#[expect(unsafe_code, reason = "a page calls it by this name")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn quirk_written() -> *const u8 {
    locked(&WRITTEN).as_ptr()
}
