//! Who a function is where its bytes do not tell: a virtual function's vendor and device id read `ffff:ffff`.

use quirk_runtime::{Function, Identity};

/// Vendor and device id, written `8086:0b25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    /// Vendor id.
    pub vendor: u16,
    /// Device id.
    pub device: u16,
}

impl std::str::FromStr for Ids {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let word = |digits: &str| {
            let is_word = digits.len() == 4 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
            u16::from_str_radix(digits, 16).ok().filter(|id| is_word && *id != 0xffff)
        };
        let ids = text.split_once(':').and_then(|(vendor, device)| Some((word(vendor)?, word(device)?)));
        let (vendor, device) = ids.ok_or_else(|| "expected vendor and device id such as `8086:0b25`".to_owned())?;
        Ok(Self { vendor, device })
    }
}

impl Ids {
    /// The identity with these ids.
    #[must_use]
    pub const fn given_to(self, identity: Identity) -> Identity {
        identity.with_vendor(self.vendor).with_device(self.device)
    }
}

/// The `match` of a description that fits the function; `None` while its ids are not known.
#[must_use]
pub fn match_of(identity: &Identity) -> Option<String> {
    let &Identity { vendor, device, function, .. } = identity;
    let kind = if function == Function::Virtual { " { function virtual; }" } else { ";" };
    (vendor != 0xffff).then(|| format!("match pci({vendor:#06x}, {device:#06x}){kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_four_digits_each_and_no_ones() {
        assert_eq!("8086:0b25".parse(), Ok(Ids { vendor: 0x8086, device: 0x0b25 }));
        for text in ["8086", "8086:b25", "8086:0b25:", "x086:0b25", "ffff:ffff", "8086:ffff", "+086:0b25"] {
            assert!(text.parse::<Ids>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_match_never_has_the_ids_that_a_virtual_function_reads() {
        let ones = Identity::new(0xffff, 0xffff).with_function(Function::Virtual);
        assert_eq!(match_of(&ones), None);
        let known = Ids { vendor: 0xfffe, device: 0x1002 }.given_to(ones);
        assert_eq!(match_of(&known).as_deref(), Some("match pci(0xfffe, 0x1002) { function virtual; }"));
    }
}
