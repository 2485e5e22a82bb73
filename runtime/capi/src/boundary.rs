//! Where C and Rust meet: pointers become references, and no other file has an unsafe block.
//!
//! What every function here relies on is in `include/quirk.h`: a pointer is NULL, or points to what its type says, of the size that
//! the caller states, for as long as the call lasts. All that can be checked is checked; a panic ends here.

#![expect(unsafe_code, reason = "this file is the boundary to C")]

use std::ffi::{CStr, c_char, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{ptr, slice};

use crate::abi::{QuirkError, QuirkOps};
use crate::status::{Failure, QuirkStatus};

/// Longer than any list, file or text that a caller means.
const LONGEST: usize = 64 << 20;

/// The functions of a caller's device, all there.
#[derive(Debug)]
pub(crate) struct Callbacks {
    size: unsafe extern "C" fn(*mut c_void) -> usize,
    read: unsafe extern "C" fn(*mut c_void, u16, *mut c_void, usize) -> isize,
    write: unsafe extern "C" fn(*mut c_void, u16, *const c_void, usize) -> isize,
    opaque: *mut c_void,
}

// SAFETY: `opaque` is handed back to the caller's functions and never looked at; the header asks that they may be called on
// whichever thread calls the library.
unsafe impl Send for Callbacks {}

impl Callbacks {
    pub(crate) fn new(ops: &QuirkOps, opaque: *mut c_void) -> Result<Self, Failure> {
        let missing = |name: &str| Failure::invalid(format!("`{name}` of the operations is NULL"));
        Ok(Self {
            size: ops.size.ok_or_else(|| missing("size"))?,
            read: ops.read.ok_or_else(|| missing("read"))?,
            write: ops.write.ok_or_else(|| missing("write"))?,
            opaque,
        })
    }

    pub(crate) fn size(&self) -> usize {
        // SAFETY: a function of the caller's, with the pointer that belongs to it.
        unsafe { (self.size)(self.opaque) }
    }

    pub(crate) fn read(&self, offset: u16, buffer: &mut [u8]) -> isize {
        // SAFETY: as above; the buffer is as long as is said.
        unsafe { (self.read)(self.opaque, offset, buffer.as_mut_ptr().cast(), buffer.len()) }
    }

    pub(crate) fn write(&self, offset: u16, data: &[u8]) -> isize {
        // SAFETY: as above; the data is as long as is said, and constant to the callee.
        unsafe { (self.write)(self.opaque, offset, data.as_ptr().cast(), data.len()) }
    }
}

/// What a caller passed, for as long as the call lasts.
#[derive(Debug)]
pub(crate) struct Caller<'a>(std::marker::PhantomData<&'a ()>);

impl<'a> Caller<'a> {
    /// # Safety
    /// What is read through it is what C passed to the call that `'a` does not outlive.
    const unsafe fn new() -> Self {
        Self(std::marker::PhantomData)
    }

    pub(crate) fn slice<T>(&self, start: *const T, count: usize, name: &str) -> Result<&'a [T], Failure> {
        if count == 0 {
            return Ok(&[]);
        }
        if start.is_null() || !start.is_aligned() || count > LONGEST {
            return Err(Failure::invalid(format!("`{name}` is NULL, not aligned, or longer than {LONGEST}")));
        }
        // SAFETY: not null, aligned, and as many as the caller says, which `Caller::new` relies on.
        Ok(unsafe { slice::from_raw_parts(start, count) })
    }

    pub(crate) fn bytes(&self, start: *const c_void, count: usize, name: &str) -> Result<&'a [u8], Failure> {
        self.slice(start.cast(), count, name)
    }

    pub(crate) fn text(&self, text: *const c_char, name: &str) -> Result<&'a str, Failure> {
        self.text_or_none(text, name)?.ok_or_else(|| Failure::invalid(format!("`{name}` is NULL")))
    }

    pub(crate) fn text_or_none(&self, text: *const c_char, name: &str) -> Result<Option<&'a str>, Failure> {
        if text.is_null() {
            return Ok(None);
        }
        // SAFETY: not null, and ended by a NUL as the header asks.
        let text = unsafe { CStr::from_ptr(text) };
        text.to_str().map(Some).map_err(|_| Failure::invalid(format!("`{name}` is not UTF-8")))
    }

    /// A structure that states its size: an older caller's is shorter, and what it lacks is 0.
    pub(crate) fn sized<T: Copy>(&self, given: *const T, name: &str) -> Result<Option<T>, Failure> {
        if given.is_null() {
            return Ok(None);
        }
        if !given.is_aligned() {
            return Err(Failure::invalid(format!("`{name}` is not aligned")));
        }
        // SAFETY: every structure that is passed so begins with its size.
        let size = unsafe { given.cast::<usize>().read() };
        if !(size_of::<usize>()..=size_of::<T>()).contains(&size) {
            let most = size_of::<T>();
            return Err(Failure::invalid(format!("`struct_size` of `{name}` is {size}, expected at most {most}")));
        }
        // SAFETY: of these structures all bits 0 is a value; what is copied is what the caller says that there is.
        Ok(Some(unsafe {
            let mut here = std::mem::zeroed::<T>();
            ptr::copy_nonoverlapping(given.cast::<u8>(), (&raw mut here).cast::<u8>(), size);
            here
        }))
    }

    pub(crate) fn needed<T: Copy>(&self, given: *const T, name: &str) -> Result<T, Failure> {
        self.sized(given, name)?.ok_or_else(|| Failure::invalid(format!("`{name}` is NULL")))
    }
}

/// Runs a call: no panic leaves it, and the text of a failure goes where the caller wants it.
pub(crate) fn call(error: *mut QuirkError, act: impl FnOnce(&Caller<'_>) -> Result<(), Failure>) -> QuirkStatus {
    // SAFETY: it lives as long as this call, as what the caller passed does.
    let caller = unsafe { Caller::new() };
    let result =
        catch_unwind(AssertUnwindSafe(|| act(&caller))).unwrap_or_else(|_| Err(Failure::plain(QuirkStatus::Internal)));
    let (status, text) = match result {
        Ok(()) => (QuirkStatus::Ok, String::new()),
        Err(Failure { status, text }) => (status, text),
    };
    // SAFETY: NULL, or a structure of the caller's that is written whole.
    if let Some(error) = unsafe { error.cast::<std::mem::MaybeUninit<QuirkError>>().as_mut() } {
        let mut there = [0; 1024];
        let mut end = text.len().min(there.len() - 1);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        for (to, from) in there.iter_mut().zip(&text.as_bytes()[..end]) {
            *to = from.cast_signed() as c_char;
        }
        error.write(QuirkError { text: there });
    }
    status
}

/// Writes a result where the caller wants it.
pub(crate) fn put<T>(out: *mut T, value: T, name: &str) -> Result<(), Failure> {
    if out.is_null() || !out.is_aligned() {
        return Err(Failure::invalid(format!("`{name}` is NULL or not aligned")));
    }
    // SAFETY: not null, aligned, and room for one value as its type says.
    unsafe { out.write(value) };
    Ok(())
}

/// A handle that the library gave out.
pub(crate) fn handle<'a, T>(given: *const T, name: &str) -> Result<&'a T, Failure> {
    // SAFETY: NULL, or what `give` made and nobody has taken back, as the header asks.
    unsafe { given.as_ref() }.ok_or_else(|| Failure::invalid(format!("`{name}` is NULL")))
}

pub(crate) fn give<T>(out: *mut *mut T, value: T, name: &str) -> Result<(), Failure> {
    if out.is_null() {
        return Err(Failure::invalid(format!("`{name}` is NULL")));
    }
    put(out, Box::into_raw(Box::new(value)), name)
}

pub(crate) fn take<T>(given: *mut T) {
    if !given.is_null() {
        // SAFETY: what `give` made, and the caller does not use it again.
        drop(unsafe { Box::from_raw(given) });
    }
}

/// A handle is NULL where a call fails.
pub(crate) fn clear<T>(out: *mut *mut T) {
    if !out.is_null() && out.is_aligned() {
        // SAFETY: not null, aligned, and room for a pointer.
        unsafe { out.write(ptr::null_mut()) };
    }
}

/// Bytes for a caller, whole or not at all; how many there are is told either way.
pub(crate) fn fill(bytes: &[u8], buffer: *mut u8, capacity: usize, length: *mut usize) -> Result<(), Failure> {
    put(length, bytes.len(), "length")?;
    if capacity < bytes.len() {
        return Err(Failure::plain(QuirkStatus::Short));
    }
    copy_out(bytes, buffer.cast())
}

/// A handle or a structure that may be missing.
pub(crate) fn optional<'a, T>(given: *const T) -> Option<&'a T> {
    // SAFETY: NULL, or what its type says for as long as the call lasts, as the header asks.
    unsafe { given.as_ref() }
}

/// A handle that no other call uses meanwhile.
pub(crate) fn exclusive<'a, T>(given: *mut T, name: &str) -> Result<&'a mut T, Failure> {
    // SAFETY: NULL, or what `give` made; the header asks that one call at a time changes it.
    unsafe { given.as_mut() }.ok_or_else(|| Failure::invalid(format!("`{name}` is NULL")))
}

/// Bytes for a caller's buffer, which is as long. It may hold anything: it is only written.
pub(crate) fn copy_out(bytes: &[u8], buffer: *mut c_void) -> Result<(), Failure> {
    if buffer.is_null() {
        return Err(Failure::invalid("`buffer` is NULL"));
    }
    // SAFETY: not null, and as long as the caller says; the library's own bytes are elsewhere.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.cast(), bytes.len()) };
    Ok(())
}
