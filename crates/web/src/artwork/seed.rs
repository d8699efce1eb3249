//! Deterministic pseudorandom choices from a text.

/// Pseudorandom number generator seeded by a text.
///
/// The choices for a text must never change between versions, or every badge would look different.
pub(super) struct Seed(u64);

impl Seed {
    /// Creates a generator. `purpose` separates independent choices for the same text.
    pub(super) fn new(purpose: &str, text: &str) -> Self {
        // FNV-1a alone gives similar texts similar high bits, so its result is mixed once more.
        let bytes = purpose.bytes().chain([0]).chain(text.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(mix(hash))
    }

    /// Picks an element of a non-empty slice.
    pub(super) fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.next_below(things.len())]
    }

    /// Returns a number below `end`.
    pub(super) fn next_below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = mix(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        // The bias of the modulo is negligible for short slices.
        (self.0 % end as u64) as usize
    }

    /// Returns a prefix for ids within an SVG that is unique to the text.
    pub(super) fn id_prefix(&self) -> String {
        format!("a{:012x}", self.0 & 0xffff_ffff_ffff)
    }
}

/// Mixes the bits of a number: the output function of SplitMix64.
fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
