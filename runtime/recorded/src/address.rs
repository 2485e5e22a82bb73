//! Where a function sits on its buses, as lspci prints it.

use std::fmt;
use std::str::FromStr;

/// The address of a function: `[domain:]bus:device.function`, all but the function in hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The domain, if it was written. Virtual domains (Intel VMD) have more than 16 bits.
    pub domain: Option<u32>,
    /// The bus.
    pub bus: u8,
    /// The device, 0..=31.
    pub device: u8,
    /// The function, 0..=7.
    pub function: u8,
}

impl Address {
    /// Whether both name the same function; one without a domain means domain 0.
    #[must_use]
    pub fn is_same_function(&self, other: &Self) -> bool {
        let whole = |a: &Self| (a.domain.unwrap_or(0), a.bus, a.device, a.function);
        whole(self) == whole(other)
    }

    /// The function whose space a file is by its path, as in `/sys/bus/pci/devices/0000:65:00.0/config` and
    /// `/proc/bus/pci/65/00.0`, or by its own name, as in `0000:65:00.0.bin`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let mut parts = path.rsplit(['/', '\\']);
        let (name, folder, above) = (parts.next()?, parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        match name {
            "config" => folder.parse().ok(),
            _ if above == "pci" => format!("{folder}:{name}").parse().ok(),
            _ => name.parse().ok().or_else(|| name.rsplit_once('.')?.0.parse().ok()),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(domain) = self.domain {
            write!(f, "{domain:04x}:")?;
        }
        write!(f, "{:02x}:{:02x}.{}", self.bus, self.device, self.function)
    }
}

/// A text is not the address of a function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address of a function, expected `[DOMAIN:]BB:DD.F` as `lspci` prints it, for example `00:1f.0`")]
pub struct AddressError(String);

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        split(text).ok_or_else(|| AddressError(text.to_owned()))
    }
}

fn split(text: &str) -> Option<Address> {
    let (rest, function) = text.split_once('.')?;
    let (rest, device) = rest.rsplit_once(':')?;
    let (domain, bus) = match rest.split_once(':') {
        Some((domain, bus)) => (Some(digits(domain, 4..=8)?), bus),
        None => (None, rest),
    };
    let address = Address {
        domain,
        bus: u8::try_from(digits(bus, 2..=2)?).ok()?,
        device: u8::try_from(digits(device, 2..=2)?).ok()?,
        function: u8::try_from(digits(function, 1..=1)?).ok()?,
    };
    (address.device < 32 && address.function < 8).then_some(address)
}

fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<u32> {
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && count.contains(&text.len()) { u32::from_str_radix(text, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::Address;

    fn address(text: &str) -> Address {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_prints_as_it_was_read() {
        for text in ["00:1f.0", "0000:65:00.7", "10000:01:00.0"] {
            assert_eq!(address(text).to_string(), text);
        }
    }

    #[test]
    fn a_path_names_a_function_as_the_kernel_does() {
        let cases = [
            ("sys/bus/pci/devices/0000:65:00.0/config", Some("0000:65:00.0")),
            ("a/proc/bus/pci/65/00.1", Some("65:00.1")),
            ("a/proc/bus/pci/0001:65/00.1", Some("0001:65:00.1")),
            ("dumps/65:00.0.bin", Some("65:00.0")),
            ("65:00.0", Some("65:00.0")),
            ("boot/config", None),
            ("a/b/c", None),
            ("", None),
        ];
        for (path, expected) in cases {
            assert_eq!(Address::of_path(path), expected.map(address), "{path}");
        }
    }

    #[test]
    fn a_missing_domain_is_domain_zero() {
        assert!(address("00:1f.0").is_same_function(&address("0000:00:1f.0")));
        assert!(!address("00:1f.0").is_same_function(&address("0001:00:1f.0")));
    }

    #[test]
    fn what_lspci_would_not_print_is_refused() {
        for text in
            ["", "0:1f.0", "00:20.0", "00:1f.8", "00:1f", "00:1f.0 ", "0:00:1f.0", "00:+f.0", "00:1f.0.0", "é:1f.0"]
        {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
