//! Reduction of a failing sequence.

/// Removes the steps that a failing sequence does not need: halves first, then smaller parts, until
/// none can go.
pub(crate) fn shortest<T: Clone>(all: &[T], fails: impl Fn(&[T]) -> bool) -> Vec<T> {
    let mut left = all.to_vec();
    let mut piece = left.len().div_ceil(2).max(1);
    loop {
        let mut shrunk = false;
        let mut from = 0;
        while from < left.len() {
            let to = (from + piece).min(left.len());
            let without: Vec<T> = left[..from].iter().chain(&left[to..]).cloned().collect();
            if fails(&without) {
                left = without;
                shrunk = true;
            } else {
                from = to;
            }
        }
        if piece == 1 && !shrunk {
            return left;
        }
        piece = if shrunk { piece } else { piece / 2 }.max(1);
    }
}

#[test]
fn irrelevant_steps_are_left_out() {
    let all: Vec<u32> = (0..100).collect();
    let needed = [3, 57, 58];
    let fails = |some: &[u32]| needed.iter().all(|one| some.contains(one));
    assert_eq!(shortest(&all, fails), needed);
}
