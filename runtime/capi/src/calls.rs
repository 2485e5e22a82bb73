//! The functions that the header declares. Each turns what C passes into safe types by `boundary.rs`, and has no unsafe block.

#![expect(unsafe_code, reason = "exported functions have names that the linker knows, and owe what the header says")]
#![expect(clippy::missing_safety_doc, reason = "`include/quirk.h` says what C owes, in one place for all functions")]

use std::ffi::{c_char, c_int, c_void};
use std::path::Path;
use std::ptr;

use crate::abi::{
    QuirkEffects, QuirkError, QuirkHost, QuirkIdentity, QuirkIntent, QuirkMirror, QuirkOps, QuirkPolicy, QuirkSaved,
};
use crate::attach::QuirkConfig;
use crate::boundary::{Callbacks, call, clear, copy_out, exclusive, fill, give, handle, optional, put, take};
use crate::database::QuirkDb;
use crate::device::Device;
use crate::policy::{self, PolicyParts};
use crate::status::{Failure, QuirkStatus};

/// The words for a status.
#[unsafe(no_mangle)]
pub extern "C" fn quirk_status_text(status: c_int) -> *const c_char {
    let known = usize::try_from(status).ok().and_then(|at| QuirkStatus::ALL.get(at));
    known.map_or(c"a status that this library does not know", |status| status.text()).as_ptr()
}

/// A database out of memory, which is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_db_copy(
    data: *const c_void,
    length: usize,
    db: *mut *mut QuirkDb,
    error: *mut QuirkError,
) -> QuirkStatus {
    clear(db);
    call(error, |caller| give(db, QuirkDb::copy(caller.bytes(data, length, "data")?)?, "db"))
}

/// A database out of a file, which is read whole.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_db_open(
    path: *const c_char,
    db: *mut *mut QuirkDb,
    error: *mut QuirkError,
) -> QuirkStatus {
    clear(db);
    call(error, |caller| give(db, QuirkDb::open(Path::new(caller.text(path, "path")?))?, "db"))
}

/// The library of real devices.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_db_library(db: *mut *mut QuirkDb, error: *mut QuirkError) -> QuirkStatus {
    clear(db);
    call(error, |_| give(db, QuirkDb::library()?, "db"))
}

/// Adds the databases of another handle, which beat those before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_db_join(db: *mut QuirkDb, other: *const QuirkDb, error: *mut QuirkError) -> QuirkStatus {
    call(error, |_| {
        if ptr::eq(db, other) {
            return Err(Failure::invalid("`db` and `other` are the same"));
        }
        let other = handle(other, "other")?;
        exclusive(db, "db")?.join(other);
        Ok(())
    })
}

/// Closes a database. What was attached with it stays.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_db_close(db: *mut QuirkDb) {
    take(db);
}

/// The identity in a header of 64 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_identity_from_header(
    header: *const c_void,
    identity: *mut QuirkIdentity,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |caller| {
        let header = caller.bytes(header, 64, "header")?.first_chunk().ok_or_else(|| Failure::invalid("`header`"))?;
        put(identity, policy::from_header(header), "identity")
    })
}

/// Attaches to a device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_attach(
    ops: *const QuirkOps,
    opaque: *mut c_void,
    db: *const QuirkDb,
    identity: *const QuirkIdentity,
    host: *const QuirkHost,
    policy: *const QuirkPolicy,
    saved: *const QuirkSaved,
    config: *mut *mut QuirkConfig,
    effects: *mut QuirkEffects,
    error: *mut QuirkError,
) -> QuirkStatus {
    clear(config);
    call(error, |caller| {
        if config.is_null() {
            return Err(Failure::invalid("`config` is NULL"));
        }
        let device = Device::new(Callbacks::new(&caller.needed(ops, "ops")?, opaque)?)?;
        let identity = policy::identity(&caller.needed(identity, "identity")?)?;
        let host = caller.sized(host, "host")?.map(|host| policy::host(&host)).transpose()?.flatten();
        let parts = match caller.sized(policy, "policy")? {
            Some(raw) => PolicyParts::read(caller, &raw)?,
            None => PolicyParts::default(),
        };
        let saved = match optional(saved) {
            Some(saved) => Some(caller.bytes(saved.data, saved.length, "saved")?),
            None => None,
        };
        let (attached, told) =
            parts.with(|policy| QuirkConfig::attach(device, optional(db), &identity, host, policy, saved))?;
        if !effects.is_null() {
            put(effects, told, "effects")?;
        }
        give(config, attached, "config")
    })
}

/// What the guest reads.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_read(
    config: *const QuirkConfig,
    offset: u16,
    buffer: *mut c_void,
    length: usize,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |_| {
        let config = handle(config, "config")?;
        if buffer.is_null() || length > 4096 {
            return Err(Failure::invalid("`buffer` is NULL, or longer than a configuration space"));
        }
        let mut bytes = [0xff; 4096];
        let read = config.read(offset, &mut bytes[..length]);
        copy_out(&bytes[..length], buffer)?;
        read
    })
}

/// What the guest writes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_write(
    config: *const QuirkConfig,
    offset: u16,
    data: *const c_void,
    length: usize,
    effects: *mut QuirkEffects,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |caller| {
        if effects.is_null() {
            return Err(Failure::invalid("`effects` is NULL"));
        }
        put(effects, QuirkEffects::default(), "effects")?;
        let told = handle(config, "config")?.write(offset, caller.bytes(data, length, "data")?)?;
        put(effects, told, "effects")
    })
}

/// What a write would do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_intent(
    config: *const QuirkConfig,
    offset: u16,
    data: *const c_void,
    length: usize,
    intent: *mut QuirkIntent,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |caller| {
        let told = handle(config, "config")?.intent(offset, caller.bytes(data, length, "data")?)?;
        put(intent, told, "intent")
    })
}

/// A reset that the function went through.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_reset(config: *const QuirkConfig, reset: u32, error: *mut QuirkError) -> QuirkStatus {
    call(error, |_| handle(config, "config")?.reset(reset))
}

/// The state, to be given to `quirk_attach`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_save(
    config: *const QuirkConfig,
    buffer: *mut c_void,
    capacity: usize,
    length: *mut usize,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |_| fill(&handle(config, "config")?.save()?, buffer.cast(), capacity, length))
}

/// Where PASID is, and why, in words; ended by a NUL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_explain(
    config: *const QuirkConfig,
    buffer: *mut c_char,
    capacity: usize,
    length: *mut usize,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |_| {
        let mut text = handle(config, "config")?.explanation().as_bytes().to_vec();
        text.push(0);
        fill(&text, buffer.cast(), capacity, length)
    })
}

/// Where PASID is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_safe_pasid_offset(
    config: *const QuirkConfig,
    offset: *mut u16,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |_| put(offset, handle(config, "config")?.pasid_offset()?, "offset"))
}

/// A window of a BAR that shows configuration space, by number; `QUIRK_SHORT` past the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_mirror_at(
    config: *const QuirkConfig,
    index: usize,
    mirror: *mut QuirkMirror,
    error: *mut QuirkError,
) -> QuirkStatus {
    call(error, |_| {
        let found = handle(config, "config")?.mirror(index)?;
        put(mirror, found.ok_or_else(|| Failure::plain(QuirkStatus::Short))?, "mirror")
    })
}

/// Lets go of a device.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quirk_detach(config: *mut QuirkConfig) {
    take(config);
}
