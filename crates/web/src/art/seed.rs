//! Choices that depend on a text and on nothing else.

/// Where choices come from: the same text makes the same ones, in every process and version.
pub(super) struct Seed(u64);

impl Seed {
    /// The choices for a text; `purpose` keeps different questions about one text apart.
    pub(super) fn new(purpose: &str, text: &str) -> Self {
        // FNV-1a, with a last stir so that texts that differ in one letter differ in everything.
        let bytes = purpose.bytes().chain([0]).chain(text.bytes());
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(stir(hash))
    }

    /// One of some things.
    pub(super) fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len())]
    }

    /// A number below another one.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 = stir(self.0.wrapping_add(0x9e37_79b9_7f4a_7c15));
        (self.0 % end as u64) as usize
    }

    /// A name for what a drawing refers to, which no other text's drawing has.
    pub(super) fn name(&self) -> String {
        format!("a{:012x}", self.0 & 0xffff_ffff_ffff)
    }
}

fn stir(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
