//! The address of a PCI function: domain, bus, device and function.

use std::fmt;
use std::str::FromStr;

/// Domain, bus, device and function of a PCI function, written `0000:65:00.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// PCI domain (segment); above 16 bits for bridges such as VMD that make domains of their own.
    pub domain: u32,
    /// Bus number.
    pub bus: u8,
    /// Device number, 0..=31.
    pub device: u8,
    /// Function number, 0..=7.
    pub function: u8,
}

/// Text that is no address of a PCI function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no PCI address: expected `DDDD:BB:DD.F` or `BB:DD.F` in hexadecimal, such as `0000:65:00.0`")]
pub struct BadAddress {
    text: String,
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        parse(text).ok_or_else(|| BadAddress { text: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<Address> {
    let (rest, function) = text.rsplit_once('.')?;
    let (rest, device) = rest.rsplit_once(':')?;
    let (domain, bus) = rest.rsplit_once(':').unwrap_or(("0", rest));
    let address = Address {
        domain: hexadecimal(domain, 8)?,
        bus: u8::try_from(hexadecimal(bus, 2)?).ok()?,
        device: u8::try_from(hexadecimal(device, 2)?).ok()?,
        function: u8::try_from(hexadecimal(function, 1)?).ok()?,
    };
    (address.device < 32 && address.function < 8).then_some(address)
}

fn hexadecimal(digits: &str, at_most: usize) -> Option<u32> {
    // `from_str_radix` would accept a sign.
    let fits = (1..=at_most).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    fits.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}:{:02x}:{:02x}.{:x}", self.domain, self.bus, self.device, self.function)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn the_domain_may_be_left_out() {
        let full: Address = "0000:65:1f.7".parse().unwrap();
        assert_eq!(full, Address { domain: 0, bus: 0x65, device: 0x1f, function: 7 });
        assert_eq!("65:1f.7".parse(), Ok(full));
        assert_eq!(full.to_string(), "0000:65:1f.7");
    }

    #[test]
    fn domains_of_32_bits_survive() {
        assert_eq!("10000:00:02.0".parse::<Address>().unwrap().to_string(), "10000:00:02.0");
    }

    #[test]
    fn other_text_is_refused() {
        for text in
            ["", "65", "65:00", "65:20.0", "65:00.8", "0000:65:00.0 ", "+0:65:00.0", "0000:165:00.0", "x:65:00.0"]
        {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        let message = "../config".parse::<Address>().unwrap_err().to_string();
        assert!(message.starts_with("`../config` is no PCI address"), "{message}");
    }
}
